#!/usr/bin/env python3
"""Makes the bundled wire feed: corpora/feed/articles.jsonl and gold.jsonl.

    feed.py [--out DIR]

The stories (stories.txt, languages.txt) and the notices are written by hand and invented; what
happens to them on the wire happens here, the same each time. The gold has the form of generate.py.
"""
import argparse
import datetime
import hashlib
import json
import os
import re

import article as articles
import words
from bulletins import PERIODS, SKIES, WINDS
from draw import Rng

HERE = os.path.dirname(os.path.abspath(__file__))
WIRES = ("Harbour Wire", "North Coast Press", "Meridian News", "Inland Service", "Lantern Agency",
         "Valley Courier")
REPORTERS = ("Ines Calder", "Rolf Tamsin", "Petra Vaughn-Lee", "Bo Lindgarde", "Amira Castell",
             "Noel Hathersby", "Greta Pollen", "Davit Orland")
TOWNS = ("Port Aldery", "Kestron", "Mellin", "Corvane", "Lindry", "Vellmoor", "Sarnholt",
         "Upper Reeve", "Brindle Bay", "High Moor", "Tollan", "Elmora", "Ost Hallow", "Skerrow",
         "Port Linnet", "Lower Tollan", "Ost Linnet", "Great Hallow")

NOTICES = (
    "Harbour Wire reports are supplied to subscribers for publication in one edition only. They may"
    " not be stored, sold on or read out on the air without the written consent of the editors, who"
    " can be reached at any hour through the night desk in Kestron.",
    "Note to editors: this service will carry no regional budgets on the last Friday of the month"
    " while the new printers are tested. Stories marked urgent will be sent by telephone instead,"
    " and the daily summary will follow by post to all members on Saturday.",
    "Correction policy: errors of fact are corrected on the same wire and under the same slug as"
    " soon as they are known. Readers who find a mistake are asked to write to the standards editor"
    " with the date of the report and the sentence concerned; every letter is answered within a"
    " week.",
)

# Words of the light rewrite: what a sub-editor changes to make a story look like his own.
REWRITE = {
    "said": "stated", "about": "around", "some": "roughly", "more than": "over", "began": "started",
    "begin": "start", "people": "persons", "hurt": "injured", "expected": "likely",
    "asked": "urged", "told": "informed", "found": "discovered", "put": "placed", "rose": "climbed",
    "fell": "dropped",
    "help": "aid", "given": "handed", "because": "since", "but": "yet", "house": "home",
    "houses": "homes", "first": "earliest", "last": "final", "built": "erected", "big": "large",
    "killed": "slain", "shut": "closed", "closed": "shut", "bought": "purchased", "whole": "entire",
    "although": "though", "after": "following", "before": "prior to", "mostly": "mainly",
    "almost": "nearly", "quick": "fast", "plan": "scheme", "deal": "agreement", "job": "post",
    "jobs": "posts", "children": "youngsters", "doctors": "physicians", "town": "municipality",
    "near": "close to", "left": "departed from", "wants": "wishes", "hopes": "trusts",
    "promised": "pledged", "reported": "announced", "largest": "biggest", "strong": "powerful",
}

SHORTS = (
    "Ferry aground off Port Aldery, passengers safe",
    "Central bank leaves rate unchanged at 4.25 percent",
    "Six miners found alive at Ost Hallow",
    "Volcano erupts on Skerrow, no danger to village",
    "URGENT: Earthquake felt in Kestron, lamps swing at opera",
    "Mellin Rovers reach cup final",
    "Dock strike in Corvane ends",
    "Elmora votes: coalition two seats short",
    "Coastair flights cancelled until further notice",
    "Blackout on coast, cause unknown",
    "Correction: Reeve cheese ruling was on Wednesday, not Thursday",
    "Advisory: no service between midnight and two",
    "Forest fire near Lower Tollan under control",
    "Oil on eleven beaches, pipeline shut",
    "Wolves: minister to visit Ost Hallow Thursday",
    "Planner: main events of the week in Kestron and Elmora",
)


class Feed:
    def __init__(self):
        self.rng = Rng(1887)
        self.articles = []
        self.clusters = []
        self.series = []
        self.sections = []
        self.clock = datetime.datetime(2034, 5, 8, 4, 30)

    def add(self, title, paragraphs, layout="blank", language="en", source=None):
        article = articles.Article(title, paragraphs, layout)
        self.clock += datetime.timedelta(minutes=self.rng.between(3, 20))
        article.source = source or self.rng.pick(WIRES)
        article.place = len(self.articles)
        article.tokens = language
        self.articles.append(article)
        return article

    def section(self, kind):
        self.sections.append((kind, []))
        return len(self.sections) - 1

    def arrange(self):
        """Mixes the stories as a wire does, and gives each article its id and its time."""
        order = sorted((a.place + self.rng.below(60), a.place, a) for a in self.articles)
        self.articles = [a for _, _, a in order]
        clock = datetime.datetime(2034, 5, 8, 4, 30)
        for place, a in enumerate(self.articles):
            clock += datetime.timedelta(minutes=self.rng.between(3, 20))
            letters = "".join(w[0].lower() for w in a.source.split())
            a.place, a.date, a.id = place, clock, f"{letters}-{clock:%m%d}-{place + 1:03d}"

    # ---- one story and what the wires make of it ----

    def dateline(self, place, source):
        day = f"{self.clock:%B} {self.clock.day}"
        return f"{place.upper()}, {day} ({source}) - "

    def original(self, place, title, body):
        source = self.rng.pick(WIRES)
        paragraphs = [self.dateline(place, source) + body[0]] + body[1:]
        return self.add(title, paragraphs, source=source)

    def reprint(self, place, title, body, _):
        town = self.rng.pick([t for t in TOWNS if t != place])
        source = self.rng.pick(WIRES)
        form = self.rng.below(3)
        if form == 0:
            out = [f"By {self.rng.pick(REPORTERS)}", f"{town.upper()} -- {body[0]}"] + body[1:]
        elif form == 1:
            out = [self.dateline(town, source) + body[0]] + body[1:]
            out.append(f"Additional reporting by {self.rng.pick(REPORTERS)} in {place}.")
        else:
            out = [f"{place}. {body[0]}"] + body[1:] + [f"Copyright {self.clock.year} {source}"]
        return self.add(title, out, self.rng.pick(("blank", "line")), source=source)

    def abridged(self, place, title, body, _):
        total = articles.word_count(body)
        kept = []
        for text in body:
            if kept and articles.word_count(kept + [text]) > total * 0.72:
                break
            kept.append(text)
        source = self.rng.pick(WIRES)
        return self.add(title, [self.dateline(place, source) + kept[0]] + kept[1:], source=source)

    def updated(self, place, title, body, extra):
        source = self.rng.pick(WIRES)
        out = [self.dateline(place, source) + extra[0]] + body + extra[1:]
        return self.add(title + " - update", out, source=source)

    def rewritten(self, place, title, body, _):
        def change(m):
            self.turn += 1
            new = REWRITE[m.group().lower()]
            return m.group() if self.turn % 4 == 3 else (
                new.capitalize() if m.group()[0].isupper() else new)
        self.turn = 0
        pattern = re.compile(r"\b(" + "|".join(sorted(REWRITE, key=len, reverse=True)) + r")\b",
                             re.IGNORECASE)
        return self.add(title, [pattern.sub(change, p) for p in body],
                        self.rng.pick(("blank", "line")))

    def scanned(self, place, title, body, _):
        out = [articles.misread_text(self.rng, p, 3) for p in [title.upper()] + body]
        return self.add(title, out, "wrapped")

    def wrapped(self, place, title, body, _):
        return self.add(title, [title.upper()] + body, "wrapped")

    def reordered(self, place, title, body, _):
        out = body[:1] + body[2:]
        out.insert(len(out) - 1, body[1])
        return self.add(title, out)

    def one_line(self, place, title, body, _):
        return self.add(title, body, "one_line")

    def identical(self, place, title, body, _):
        first = self.first
        return self.add(first.title, list(first.paragraphs), first.layout)

    def story(self, number, place, title, body, extra):
        """The original and, for five stories in six, some of what follows it."""
        self.first = self.original(place, title, body)
        members = [(self.first, "original")]
        kinds = []
        if number % 6 != 5:
            turn = ("reprint", "rewritten", "scanned", "abridged", "reordered", "wrapped",
                    "identical", "scanned", "rewritten", "abridged", "one_line")
            kinds = [turn[(number * 2 + k) % len(turn)] for k in range(1 + number % 5)]
            if extra:
                kinds.append("updated")
            if number % 7 == 3:
                kinds += ["reprint"] * 3
        for kind in kinds:
            if kind == "reordered" and len(body) < 4 or kind == "abridged" and len(body) < 4:
                kind = "reprint"
            if kind == "updated" or kind == "identical" or len(members) < 9:
                members.append((getattr(self, kind)(place, title, body, extra), kind))
        if len(members) > 1:
            self.clusters.append(members)
        return members

    # ---- the rest of the feed ----

    def bulletins(self, size, make):
        self.series.append([self.add(*make(k)) for k in range(size)])

    def number(self, low, high, decimals=0):
        value = self.rng.between(low * 10 ** decimals, high * 10 ** decimals)
        return f"{value / 10 ** decimals:,.{decimals}f}"

    def day(self):
        return f"{self.rng.pick(words.MONTHS)} {self.rng.between(1, 28)}"

    def dividend(self, firm):
        n = self.number
        return (f"{firm} declares dividend",
                [f"{firm} declared a quarterly dividend of {n(1, 39, 1)} cents a share, payable "
                 f"{self.day()} to holders of record on {self.day()}. In the quarter before it "
                 f"paid {n(1, 39, 1)} cents."], "line")

    def weather(self, k):
        n, pick = self.number, self.rng.pick
        a, b = pick(TOWNS[:6]), pick(TOWNS[6:15])
        sky = SKIES
        return (f"Weather: {a}",
                [f"Forecast for {a} and {b}, {self.day()}: {pick(sky)}, high {n(4, 31)}, low "
                 f"{n(-6, 14)}, wind {pick(WINDS)} at {n(3, 38)} knots, {n(1, 29)} "
                 f"millimetres of rain. Outlook: {pick(sky)}, {n(4, 31)} degrees. Sunrise "
                 f"{n(4, 8)}.{n(10, 59)}, sunset {n(16, 21)}.{n(10, 59)}, high water {n(1, 12)}."
                 f"{n(10, 59)}."], "line")

    def prices(self, k):
        n = self.number
        return ("Kestron exchange, closing prices",
                [f"Closing prices on the Kestron exchange on {self.day()}, in crowns a tonne:"]
                + [f"{what} {n(*band, 2)} (previous day {n(*band, 2)})" for what, band in (
                    ("wheat", (190, 260)), ("barley", (150, 210)), ("maize", (160, 230)),
                    ("sugar", (310, 420)), ("coffee", (1800, 2600)), ("cocoa", (1400, 2200)),
                    ("copper", (5200, 6900)), ("zinc", (1900, 2600)), ("tin", (7100, 9900)))]
                + [f"Turnover came to {n(2000, 99000)} lots."], "line")

    def grain_ships(self, k):
        n, pick = self.number, self.rng.pick
        return (f"Grain ships at {TOWNS[k % 12]}",
                [f"{pick(words.NUMBER_WORDS).capitalize()} grain ships were loading and "
                 f"{pick(words.NUMBER_WORDS)} were waiting at {TOWNS[k % 12]} on {self.day()}, the "
                 f"port office said. They were to take {n(20000, 190000)} tonnes of "
                 f"{pick(('wheat', 'maize', 'barley', 'soya'))}."], "line")

    def rates(self, k):
        n = self.number
        return ("Currency fixing",
                [f"Rates fixed in {TOWNS[(k * 5) % 15]} on {self.day()} against the crown: mark "
                 f"{n(0, 2, 4)}, florin {n(1, 4, 4)}, dinar {n(20, 60, 3)}, peso {n(90, 160, 2)}, "
                 f"lira {n(400, 900, 1)}. Gold {n(1400, 2100, 2)} an ounce, silver "
                 f"{n(12, 31, 2)}."],
                "line")

    def results(self, firm):
        n, pick = self.number, self.rng.pick
        low = pick(("a rise", "a fall", "little change", "a small rise", "a sharp fall"))
        return (f"{firm}: {pick(PERIODS)} results",
                [f"{firm} reported {pick(PERIODS)} net profit of {n(2, 480, 1)} million "
                 f"crowns, against {n(2, 480, 1)} million a year before. Sales came to "
                 f"{n(90, 4200, 1)} million, compared with {n(90, 4200, 1)} million, and earnings "
                 f"per share to {n(1, 19, 2)} against {n(1, 19, 2)}.",
                 f"Orders at the end of the period stood at {n(40, 3100, 1)} million crowns, {low} "
                 f"from {n(40, 3100, 1)} million. The board proposes a dividend of {n(1, 9, 2)} "
                 f"crowns. The company employs {n(200, 19000)} people, of whom {n(20, 190)} were "
                 f"hired since {self.day()}. Capital spending was {n(4, 310, 1)} million and debt "
                 f"{n(10, 900, 1)} million."], "blank")


FIRMS = ("Oldwater Board", "Northlight Energy", "Meridian Mutual", "Coastair", "Tollan Textiles",
         "Hallow Copper", "Reeve Dairies", "Linnet Shipping", "Aldery Fish", "Moor Granite",
         "Corvane Cranes", "Sarnholt Yeast", "Mellin Foods", "Vellmoor Organ Works")


def read_blocks(name):
    with open(os.path.join(HERE, name), encoding="utf-8") as source:
        text = source.read()
    for block in re.split(r"^== ", text, flags=re.MULTILINE)[1:]:
        head, _, body = block.partition("\n")
        parts = [part.strip() for part in body.split("\n++\n")]
        yield ([field.strip() for field in head.split("|")],
               [p.strip() for p in parts[0].split("\n\n")], parts[1:])


def build():
    feed = Feed()
    stories = list(read_blocks("stories.txt"))
    everything = []
    for number, ((_, place, title), body, extra) in enumerate(stories):
        everything.append(feed.story(number, place, title, body, extra))
    for (language, title), body, _ in read_blocks("languages.txt"):
        first = feed.add(title, body, language=language)
        layout, kind = ("line", "rewrapped")
        copy = list(body)
        if language in ("fr", "ru", "zh", "hi"):
            copy, kind = copy[:-1], "abridged"
        elif language in ("de", "el", "th", "he"):
            copy, kind = [title] + copy, "reprint"
        feed.clusters.append([(first, "original"),
                              (feed.add(title, copy, layout, language), kind)])
    feed.bulletins(12, lambda k: feed.dividend(FIRMS[k]))
    feed.bulletins(12, feed.weather)
    feed.bulletins(9, feed.prices)
    feed.bulletins(10, feed.grain_ships)
    feed.bulletins(10, feed.rates)
    feed.bulletins(10, lambda k: feed.results(FIRMS[k + 3]))
    for text in SHORTS:
        feed.add(text, [text], "line")
    plant_sections(feed, stories, everything)
    feed.arrange()
    return feed


def plant_sections(feed, stories, everything):
    by_name = {head[0]: (head, body) for head, body, _ in stories}

    # A body that stands twice.
    (_, place, title), body = by_name["volcano"]
    note = "Editors: the following replaces a garbled report."
    twice = feed.add("Skerrow erupts (resent)", [note] + body + ["Ends."] + body)
    number = feed.section("body_twice")
    n = len(body)
    twice.marks.append((number, 1, 0, n, len(body[-1])))
    twice.marks.append((number, n + 2, 0, 2 * n + 1, len(body[-1])))
    everything_of = {head[0]: members for (head, _, _), members in zip(stories, everything)}
    members = everything_of["volcano"]
    if len(members) == 1:
        feed.clusters.append(members)
    members.append((twice, "body_twice"))

    # Passages lent to round-ups: a paragraph of each of several stories.
    for title, names in (
            ("Round-up: animals in the news", ("bees", "wolves")),
            ("Round-up: the week at sea", ("ferry", "ice", "port")),
            ("Round-up: culture", ("museum", "orchestra", "hospital")),
            ("Business week", ("merger", "bank", "rice"))):
        paragraphs, plan = ["A look back at what moved the wires this week."], []
        for name in names:
            text = max(by_name[name][1][1:], key=len)
            plan.append((name, text, len(paragraphs)))
            paragraphs.append(text)
            paragraphs.append("Elsewhere the week brought less.")
        article = feed.add(title, paragraphs)
        for name, text, at in plan:
            number = feed.section("paragraph")
            article.marks.append((number, at, 0, at, len(text)))
            for member, _ in everything_of[name]:
                if text in member.paragraphs:
                    i = member.paragraphs.index(text)
                    member.marks.append((number, i, 0, i, len(text)))

    # A passage quoted in the middle of a comment.
    (_, place, title), body = by_name["tunnel"]
    text = body[0][:-1]
    lead = "Comment: when they write that "
    article = feed.add("Comment: what a tunnel is for",
                       [lead + text[0].lower() + text[1:] + ", they leave out the years in which "
                        "nobody wanted it. I was one of the nobodies.",
                        "I wrote then that a railway under a moor is a way of not seeing a moor. I "
                        "have since grown older and my knees prefer the train."])
    number = feed.section("cut")
    article.marks.append((number, 0, len(lead), 0, len(lead) + len(text)))
    for member, _ in everything_of["tunnel"]:
        for i, p in enumerate(member.paragraphs):
            if text in p:
                at = p.index(text)
                member.marks.append((number, i, at, i, at + len(text)))

    # Notices at the foot of many articles; not of those whose tokens an exact copy repeats.
    exact = {"identical", "one_line", "wrapped"}
    plain = set()
    for members in everything:
        kinds = {kind for _, kind in members}
        plain.update(id(a) for a, kind in members if kind not in exact
                     and (kind != "original" or not kinds & exact))
    numbers = [feed.section("notice") for _ in NOTICES]
    for article in feed.articles:
        if (id(article) in plain and article is not twice
                and sum(map(len, article.paragraphs)) > 950 and feed.rng.unit() < 0.6):
            k = feed.rng.below(len(NOTICES))
            article.paragraphs.append(NOTICES[k])
            at = len(article.paragraphs) - 1
            article.marks.append((numbers[k], at, 0, at, len(NOTICES[k])))


def tokens(text):
    return re.findall(r"[^\W_]+", text.lower())


def write(feed, folder):
    os.makedirs(folder, exist_ok=True)
    occurrences = {}
    counts, identity = {}, {}
    with open(os.path.join(folder, "articles.jsonl"), "w", encoding="utf-8", newline="\n") as to:
        for a in feed.articles:
            text, marks = a.render()
            data = text.encode()
            for number, begin, end in marks:
                data[begin:end].decode()
                occurrences.setdefault(number, []).append(
                    {"article": a.id, "begin": begin, "end": end})
            counts[a.id] = len(tokens(text))
            identity[a.id] = hashlib.sha256(" ".join(tokens(text)).encode()).digest()
            to.write(json.dumps({
                "id": a.id, "title": a.title, "published": a.date.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "source": a.source, "language": a.tokens, "text": text}, ensure_ascii=False) + "\n")
    with open(os.path.join(folder, "gold.jsonl"), "w", encoding="utf-8", newline="\n") as to:
        def put(record):
            to.write(json.dumps(record, ensure_ascii=False) + "\n")

        for number, members in enumerate(sorted(feed.clusters, key=lambda m: m[0][0].place)):
            members.sort(key=lambda m: m[0].place)
            keep = max(members, key=lambda m: (counts[m[0].id], -m[0].place))[0]
            put({"type": "cluster", "cluster": number, "keep": keep.id,
                 "articles": [a.id for a, _ in members], "kinds": {a.id: k for a, k in members}})
            for i, (a, ka) in enumerate(members):
                for b, kb in members[i + 1:]:
                    na, nb = counts[a.id], counts[b.id]
                    relation = ("identical" if identity[a.id] == identity[b.id] else
                                "contains" if 2 * na >= 3 * nb else
                                "contained" if 2 * nb >= 3 * na else "near")
                    put({"type": "pair", "a": a.id, "b": b.id, "relation": relation,
                         "kind": kb if ka == "original" else f"{ka}+{kb}"})
        for series in feed.series:
            put({"type": "series", "articles": [a.id for a in series]})
        number = 0
        for section, (kind, _) in enumerate(feed.sections):
            if len(occurrences.get(section, ())) > 1:
                put({"type": "section", "section": number, "kind": kind,
                     "occurrences": occurrences[section]})
                number += 1


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", default=os.path.join(HERE, "..", "feed"), metavar="DIR")
    write(build(), parser.parse_args().out)


if __name__ == "__main__":
    main()
