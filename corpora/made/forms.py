#!/usr/bin/env python3
"""Makes a corpus of forms, furniture and stages of stories, with copies among them, and its gold.

    forms.py --out DIR [--seed 1] [--groups 400]

writes DIR/articles.jsonl and DIR/gold.jsonl; equal arguments give equal bytes. The text is that of
forms.txt: forms in several languages (grants, appointments, results, weather, tables, obituaries,
court lists, recalls, menus), the sentences that fill them up, stages of stories, page furniture.
A group is a series, a story with copies, a story in stages, or pages with the same furniture.

In forms.txt, [a|b] is settled once for a group and <a|b|c> by the number of the stage. {KIND} is a
fact, {KIND:name} the same one wherever the name occurs, {KIND!name} one by which the members of
the group differ; the others differ between members with a probability drawn for the group, which
is nought for most: then three facts of forty may be all that tells two grants apart.

The gold has clusters, pairs and series as that of generate.py, and

    {"type":"series","form":F,"kind":"all"|"some"|"core","language":L,"articles":[ID,...]}
    {"type":"related","kind":"stage","articles":[ID,...]}       stages of one story: not copies
    {"type":"boilerplate","kind":F,"articles":[ID,...]}         they share furniture alone
    {"type":"note","articles":[ID,...]}      a note of a few words, and the story, with its copies,
                                             that has them: not contained in it

Two articles of such a line are copies only if they are of one cluster.
"""
import argparse
import datetime
import hashlib
import json
import os
import re

from article import TOKEN, Article, misread_text
from draw import Rng
from feed import read_blocks
from generate import relation

HERE = os.path.dirname(os.path.abspath(__file__))
CHOICE = re.compile(r"\[([^\[\]]*)\]")
STAGE = re.compile(r"<([^<>]*)>")
SLOT = re.compile(r"\{(\w+)(?:([:!])(\w+)|/(last))?\}")
PAPERS = ("Harbour Wire", "North Coast Press", "Meridian News", "Inland Service", "Lantern Agency",
          "Valley Courier", "Evening Mail", "Morning Post")
LANGUAGES = ("en", "en", "en", "en", "en", "fr", "fr", "de", "de", "es", "es", "ru", "ru", "ur",
             "ur", "zh", "zh")
POINTS = {"en": (",", "."), "es": (".", ","), "de": (".", ","), "fr": (" ", ","),
          "ru": (" ", ","), "ur": ("", "."), "zh": ("", ".")}
DIGITS = {"ur": "۰۱۲۳۴۵۶۷۸۹", "ar": "٠١٢٣٤٥٦٧٨٩", "hi": "०१२३४५६७८९",
          "zh": "０１２３４５６７８９"}
LENGTHS = (0, 0, 0, 30, 60, 100, 180, 300, 500, 850)  # words beside those of the form itself
CYRILLIC = {"о": "0", "и": "н", "п": "н", "т": "г", "ш": "щ", "е": "с", "л": "п", "с": "е",
            "н": "и", "в": "з", "з": "3", "б": "6", "а": "о", "ь": "ъ", "г": "т"}
SENTENCE = re.compile(r"(?<=[.!?۔]) |(?<=。)")
HAN = ("reprint", "redated", "abridged", "added", "corrected", "one_line", "digits")  # of its copies
COPIES = ("reprint", "redated", "abridged", "added", "corrected", "replaced", "scanned", "scanned",
          "hyphenated", "digits", "one_line", "identical")


def read_bank(path):
    """{language: (words, sentences, {form: [text]}, [stage], {furniture: text})} of forms.txt."""
    bank = {}
    with open(path, encoding="utf-8") as source:
        blocks = re.split(r"^== ", source.read(), flags=re.M)[1:]
    for block in blocks:
        head, _, body = block.partition("\n")
        kind, language, *name = head.split()
        entry = bank.setdefault(language, ({}, [], [], [], []))
        if kind == "words":
            entry[0].update((n, v.split(";")) for n, _, v in
                            (line.partition(": ") for line in body.strip().split("\n")))
        elif kind == "sentences":
            entry[1].extend(body.strip().split("\n"))
        else:
            entry[("form", "stage", "furniture").index(kind) + 2].append(
                (" ".join(name) or kind, body.strip()))
    return bank


class Facts:
    """Draws facts in one language; those with a name keep their value in `known`."""

    def __init__(self, rng, language, words, known=None):
        self.rng, self.language, self.words = rng, language, words
        self.known = {} if known is None else known

    def whole(self, n):
        return f"{n:,}".replace(",", POINTS[self.language][0])

    def decimal(self, n, places):
        return f"{n / 10 ** places:.{places}f}".replace(".", POINTS[self.language][1])

    def pick(self, name):
        return self.rng.pick(self.words[name])

    def draw(self, kind):
        rng = self.rng
        if kind in self.words:
            return self.pick(kind)
        simple = {"L": "place", "CO": "firm", "BODY": "body", "STREET": "street", "DAY": "day",
                  "MONTH": "month", "WORD": "number", "CUR": "currency", "OFFICE": "office",
                  "GIVEN": "given", "FAMILY": "family"}
        if kind in simple:
            return self.pick(simple[kind])
        if kind == "P":
            return (self.pick("family") + self.pick("given") if self.language == "zh"
                    else f"{self.pick('given')} {self.pick('family')}")
        if kind == "DATE":
            return self.fill(self.words["date"][0])
        if kind == "YEAR":
            return str(rng.between(1961, 2039))
        if kind.startswith("NUM"):
            return str(rng.between(2, int(kind[3:])))
        if kind == "INT":
            return self.whole(rng.between(1, 9) * 10 ** rng.between(2, 5) + rng.below(900)
                              if rng.bits(1) else rng.between(110, 990000))
        if kind == "AGE":
            return str(rng.between(34, 97))
        if kind == "MLN":
            return self.decimal(rng.between(11, 9999), 1)
        if kind == "DEC":
            return self.decimal(rng.between(21, 2999), rng.between(1, 2))
        if kind == "PCT":
            return str(rng.between(2, 60)) if rng.bits(1) else self.decimal(rng.between(11, 490), 1)
        if kind == "CLOCK":
            return f"{rng.between(5, 21)}.{rng.below(12) * 5:02d}"
        if kind == "GOALS":
            return f"{rng.below(5)}-{rng.below(4)}"
        if kind == "CASE":
            return f"{rng.pick('ABCHKLMRT')}{rng.between(100, 9999)}/{rng.between(10, 39)}"
        raise ValueError("unknown slot " + kind)

    def slot(self, match):
        kind, mark, name, last = match.groups()
        if last:
            return self.known.setdefault(kind, self.draw("P")).split(" ")[-1]
        if kind[-1] == "2" and kind != "NUM2":  # another of the same kind
            kind = kind[:-1]
        if mark is None:
            return self.draw(kind)
        value = self.known.get(name)
        if value is None:
            number = re.fullmatch(r"\w*?(28|60)", name)
            value = self.draw(kind + number.group(1) if kind == "NUM" and number
                              else "NUM28" if kind == "NUM" else kind)
            self.known[name] = value
        return value

    def fill(self, text):
        return SLOT.sub(self.slot, text)


def join(language, sentences):
    return ("" if language == "zh" else " ").join(sentences)


def count_words(text):
    """Words, as many as blanks part; of Han text one for two characters."""
    return text.count(" ") + 1 + sum("\u4e00" <= c <= "\u9fff" for c in text) // 2


def name_slots(text, prefix):
    """Gives every slot without a name one that no other has, so that a group can share its fact."""
    count = 0

    def named(m):
        nonlocal count
        if m.group(2) or m.group(4):
            return m.group()
        count += 1
        kind = m.group(1)
        kind = kind[:-1] if kind[-1] == "2" and not kind.startswith("NUM") else kind
        return f"{{{kind}:{prefix}{count}{'_28' if kind == 'NUM' else ''}}}"
    return SLOT.sub(named, text)


def hyphenate(rng, text, columns, share):
    """Sets the text in a narrow column; words are broken at line ends."""
    lines, line = [], ""
    for word in text.split():
        while True:
            room = columns - len(line) - (1 if line else 0)
            if len(word) <= room:
                line = f"{line} {word}" if line else word
                break
            if room > 3 and len(word) > 5 and word.isalpha() and rng.unit() < share:
                at = min(room - 1, len(word) - 2)
                lines.append((f"{line} " if line else "") + word[:at] + "-")
                word, line = word[at:], ""
            elif line:
                lines.append(line)
                line = ""
            else:
                lines.append(word)
                break
    return "\n".join(lines + ([line] if line else []))


def misread(rng, text, percent):
    if any(c in CYRILLIC for c in text):
        return "".join(CYRILLIC.get(c, c) if rng.unit() * 100 < percent else c for c in text)
    return misread_text(rng, text, percent)


class Corpus:
    def __init__(self, seed):
        self.rng = Rng(seed)
        self.bank = read_bank(os.path.join(HERE, "forms.txt"))
        self.articles, self.clusters, self.lines = [], [], []
        self.told = [("en", head[2], body) for head, body, _ in read_blocks("stories.txt")]
        self.told += [(head[0], head[1], body) for head, body, _ in read_blocks("languages.txt")
                      if head[0] not in ("th", "zh", "ja", "ko")]

    def add(self, language, title, paragraphs, layout=None):
        rng = self.rng
        a = Article(title, paragraphs, layout or rng.pick(("blank", "blank", "line", "wrapped")))
        a.source = rng.pick(PAPERS)
        a.tokens = language
        a.place = len(self.articles)
        self.articles.append(a)
        return a

    def settle(self, text):
        return CHOICE.sub(lambda m: self.rng.pick(m.group(1).split("|")), text)

    def body(self, language, wanted):
        """Sentences of the bank, some `wanted` words of them, in paragraphs."""
        rng = self.rng
        deck, out, have = [], [], 0
        while have < wanted:
            if not deck:
                if out and rng.bits(1):
                    break
                deck = list(self.bank[language][1])
                rng.shuffle(deck)
            out.append(name_slots(self.settle(deck.pop()), f"s{len(out)}x"))
            have += count_words(out[-1])
        paragraphs = []
        while out:
            n = rng.between(1, 4)
            paragraphs.append(out[:n])
            out = out[n:]
        return paragraphs

    @staticmethod
    def layout_form(form, body):
        """The form's paragraphs with the body in its place."""
        paragraphs = []
        for part in form.split("\n\n"):
            for piece in re.split(r"^(@body)$", part, flags=re.M):
                if piece == "@body":
                    paragraphs += body
                elif piece.strip():
                    paragraphs.append(piece.strip())
        return paragraphs

    # ---- groups ----

    def members(self, language, form, count, share, lengths=LENGTHS):
        """Bulletins of one form: the facts marked in it differ, others with probability `share`."""
        rng = self.rng
        words = self.bank[language][0]
        text = name_slots(self.settle(form), "f")
        body = self.body(language, rng.pick(lengths))
        hot = {m.group(3) for m in SLOT.finditer(text) if m.group(2) == "!"}
        settled = Facts(rng, language, words)
        everything = self.layout_form(text, [join(language, p) for p in body])
        for p in everything:
            settled.fill(p)
        out = []
        for number in range(count):
            own = {n: v for n, v in settled.known.items() if n not in hot and rng.unit() >= share}
            facts = Facts(rng, language, words, own)
            paragraphs = [[s for s in p if share == 0 or len(p) == 1 or rng.unit() > 0.06]
                          for p in body]
            paragraphs = self.layout_form(text, [join(language, p) for p in paragraphs])
            stages = [STAGE.sub(lambda m: m.group(1).split("|")[
                min(number, m.group(1).count("|"))], p) for p in paragraphs]
            out.append([facts.fill(p) for p in stages])
        return out

    def series(self):
        rng = self.rng
        language = rng.pick(LANGUAGES)
        name, form = rng.pick(self.bank[language][2])
        share = rng.pick((0, 0, 0, 0.1, 0.3, 1))
        texts = self.members(language, form, rng.between(2, 8), share)
        out = []
        for paragraphs in texts:
            article = self.add(language, self.title(paragraphs), paragraphs)
            out.append(article)
            if rng.unit() < 0.25:
                out += self.copy(article, rng.between(1, 2))
        self.lines.append(({"type": "series", "form": name,
                            "kind": "core" if share == 0 else "all" if share == 1 else "some",
                            "language": language}, out))

    @staticmethod
    def title(paragraphs):
        return " ".join(paragraphs[0].split()[:8]).rstrip(",.:;")

    def story(self):
        rng = self.rng
        if self.told and rng.unit() < 0.4:
            language, title, body = self.told.pop(rng.below(len(self.told)))
            article = self.add(language, title, list(body))
        else:
            language = rng.pick(LANGUAGES)
            facts = Facts(rng, language, self.bank[language][0])
            limit = 10 if language == "en" else 6
            body = self.body(language, rng.between(40, 900))[:limit]
            paragraphs = [facts.fill(join(language, p)) for p in body]
            article = self.add(language, self.title(paragraphs), paragraphs)
        self.copy(article, rng.between(1, 4))
        if rng.unit() < 0.15:
            sentences = [s for p in article.paragraphs for s in SENTENCE.split(p)
                         if 6 <= count_words(s) <= 12]
            if sentences:
                note = self.add(language, article.title, [rng.pick(sentences)], "line")
                self.lines.append(({"type": "note"}, [note, article]))

    def stages(self):
        rng = self.rng
        language = rng.pick([x for x in LANGUAGES if self.bank[x][3]])
        _, form = rng.pick(self.bank[language][3])
        out = []
        for paragraphs in self.members(language, form, rng.between(2, 3), 0.02,
                                       LENGTHS[:7]):
            article = self.add(language, self.title(paragraphs), paragraphs)
            out.append(article)
            if rng.unit() < 0.3:
                out += self.copy(article, 1)
        self.lines.append(({"type": "related", "kind": "stage"}, out))

    def furniture(self):
        rng = self.rng
        language = rng.pick([x for x in LANGUAGES if self.bank[x][4]])
        name, text = rng.pick(self.bank[language][4])
        words = self.bank[language][0]
        facts = Facts(rng, language, words)
        around = [facts.fill(self.settle(p)) for p in text.split("\n")]
        lead = self.bank[language][1]
        out = []
        for k in range(rng.between(3, 9)):
            own = Facts(rng, language, words)
            count = 0 if k == 0 and rng.bits(1) else rng.pick((1, 1, 2, 3, 5))
            picked = [own.fill(self.settle(rng.pick(lead))) for _ in range(count)]
            paragraphs = []
            for p in around:
                if p != "@teaser":
                    paragraphs.append(p)
                elif picked:
                    paragraphs.append(join(language, picked))
            out.append(self.add(language, self.title(paragraphs), paragraphs,
                                rng.pick(("blank", "line", "one_line"))))
        self.lines.append(({"type": "boilerplate", "kind": name, "language": language}, out))

    # ---- copies ----

    def copy(self, original, count):
        """Copies of the article, one cluster with it."""
        rng = self.rng
        members, clean = [(original, "original")], list(original.paragraphs)
        for _ in range(count):
            kind = rng.pick(HAN if original.tokens == "zh" else COPIES)
            if original.tokens in DIGITS and rng.unit() < 0.3:
                kind = "digits"
            a = self.add(original.tokens, original.title, list(clean))
            kind = getattr(self, kind)(a, original) or kind
            members.append((a, kind))
        self.clusters.append(members)
        return [a for a, _ in members[1:]]

    def facts_of(self, a):
        language = a.tokens if a.tokens in self.bank else "en"
        return Facts(self.rng, language, self.bank[language][0])

    def identical(self, a, original):
        a.paragraphs, a.layout = list(original.paragraphs), original.layout

    def one_line(self, a, _):
        a.layout = "one_line"

    def reprint(self, a, _):
        facts = self.facts_of(a)
        a.paragraphs[0] = facts.fill("{L}, {DATE} (" + a.source + ") - ") + a.paragraphs[0]
        if self.rng.bits(1):
            a.paragraphs.insert(0, facts.draw("P"))
        if self.rng.bits(1):
            a.paragraphs.append(f"(c) {a.source}")

    def redated(self, a, _):
        """Another day for the day of the week, and a date before the text."""
        facts = self.facts_of(a)
        days = facts.words["day"]
        turn = self.rng.between(1, len(days) - 1)
        bound = "" if a.tokens == "zh" else r"\b"
        pattern = re.compile(bound + "(" + "|".join(days) + ")" + bound)
        if len(pattern.findall(" ".join(a.paragraphs))) < 4:  # in a table each is another day's
            a.paragraphs = [pattern.sub(lambda m: days[(days.index(m.group()) + turn) % len(days)],
                                        p) for p in a.paragraphs]
        a.paragraphs.insert(0, facts.draw("DATE"))

    def abridged(self, a, _):
        """The first half or more, cut at a sentence."""
        sentences = [(i, s) for i, p in enumerate(a.paragraphs)
                     for s in SENTENCE.split(p)]
        total = sum(map(count_words, a.paragraphs))
        wanted = total * (0.5 + 0.35 * self.rng.unit())
        kept, have = [], 0
        for i, s in sentences:
            if have >= wanted:
                break
            kept.append((i, s))
            have += count_words(s)
        if len(kept) == len(sentences):
            return self.reprint(a, None) or "reprint"
        a.paragraphs = [join(a.tokens, [s for k, s in kept if k == i])
                        for i in range(kept[-1][0] + 1)]
        return None

    def added(self, a, _):
        """A new paragraph or two: an update."""
        facts = self.facts_of(a)
        if a.tokens not in self.bank:
            return self.reprint(a, None) or "reprint"
        lines = self.bank[facts.language][1]
        for _ in range(1 if sum(map(count_words, a.paragraphs)) < 120 else self.rng.between(1, 3)):
            at = self.rng.pick((0, len(a.paragraphs), self.rng.below(len(a.paragraphs) + 1)))
            a.paragraphs.insert(at, facts.fill(self.settle(self.rng.pick(lines))))
        return None

    def corrected(self, a, _):
        """One number is another."""
        spots = [(i, m) for i, p in enumerate(a.paragraphs) for m in re.finditer(r"\d+", p)]
        if sum(map(count_words, a.paragraphs)) < 60 or len(spots) < 4:
            return self.reprint(a, None) or "reprint"
        i, m = self.rng.pick(spots)
        new = m.group()
        while new == m.group():
            new = str(self.rng.between(10 ** (len(new) - 1), 10 ** len(new) - 1))
        a.paragraphs[i] = a.paragraphs[i][:m.start()] + new + a.paragraphs[i][m.end():]
        return None

    def replaced(self, a, _):
        """A few words, no numbers or names, are others of the language."""
        facts = self.facts_of(a)
        source = " ".join(self.bank[facts.language][1])
        words = [w for w in re.findall(r"(?<![\w{])[^\W\d_]{4,}(?![\w}])", source) if w.islower()
                 or not w.isupper() and facts.language == "ur"]
        share = self.rng.pick((0.02, 0.05, 0.08))

        def other(m):
            return (self.rng.pick(words) if m.group() == m.group().lower()
                    and self.rng.unit() < share else m.group())
        a.paragraphs = [re.sub(r"[^\W\d_]{4,}", other, p) for p in a.paragraphs]

    def hyphenated(self, a, _):
        columns = self.rng.between(26, 60)
        a.paragraphs = [hyphenate(self.rng, p, columns, 0.8) for p in a.paragraphs]
        a.layout = "line"

    def scanned(self, a, original):
        """The misread column of another newspaper; often the original is a scan too."""
        rng = self.rng
        percent = rng.pick((0.5, 1, 2, 3, 4))
        scans = [a]
        if rng.bits(1) and original.layout != "scan":
            scans.append(original)
        for one in scans:
            columns = rng.between(26, 44)
            one.paragraphs = [hyphenate(rng, misread(rng, p, percent), columns, 0.8)
                              for p in one.paragraphs]
            one.layout = "scan"

    def digits(self, a, _):
        """Digits of another script; in Urdu often joined to the words beside them."""
        if a.tokens == "ur" and self.rng.bits(1):
            a.paragraphs = [re.sub(r"(?<=\d) (?=\w)", "", p) for p in a.paragraphs]
            return "joined"
        if a.tokens not in DIGITS:
            return self.hyphenated(a, None) or "hyphenated"
        table = str.maketrans("0123456789", DIGITS[a.tokens])
        a.paragraphs = [p.translate(table) for p in a.paragraphs]
        return None

    # ---- order and output ----

    def make(self, groups):
        kinds = (self.series,) * 9 + (self.story,) * 6 + (self.stages,) * 2 + (self.furniture,) * 3
        for k in range(groups):
            kinds[k % len(kinds)]()
        order = sorted(self.articles, key=lambda a: (a.place + self.rng.below(300), a.place))
        clock = datetime.datetime(2034, 3, 1, 5, 0)
        for place, a in enumerate(order):
            clock += datetime.timedelta(minutes=self.rng.between(2, 25))
            letters = "".join(w[0].lower() for w in a.source.split())
            a.place, a.date, a.id = place, clock, f"{letters}-{clock:%m%d}-{place + 1:04d}"
        self.articles = order

    def write(self, folder):
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, "articles.jsonl"), "w", encoding="utf-8", newline="\n") as to:
            for a in self.articles:
                text, _ = a.render()
                language, a.tokens = a.tokens, TOKEN.findall(text.lower())
                a.identity = hashlib.sha256(" ".join(a.tokens).encode()).digest()
                a.tokens = len(a.tokens)
                to.write(json.dumps({
                    "id": a.id, "title": a.title, "published": f"{a.date:%Y-%m-%dT%H:%M:%SZ}",
                    "source": a.source, "language": language, "text": text},
                    ensure_ascii=False) + "\n")
        with open(os.path.join(folder, "gold.jsonl"), "w", encoding="utf-8", newline="\n") as to:
            for line in self.gold():
                to.write(json.dumps(line, ensure_ascii=False) + "\n")

    def gold(self):
        for number, members in enumerate(sorted(self.clusters, key=lambda m: m[0][0].place)):
            members = sorted(members, key=lambda m: m[0].place)
            keep = max(members, key=lambda m: (m[0].tokens, -m[0].place))[0]
            yield {"type": "cluster", "cluster": number, "keep": keep.id,
                   "articles": [a.id for a, _ in members], "kinds": {a.id: k for a, k in members}}
            for i, (a, kind_a) in enumerate(members):
                for b, kind_b in members[i + 1:]:
                    kind = (kind_b if kind_a == "original" else kind_a if kind_b == "original"
                            else f"{kind_a}+{kind_b}")
                    yield {"type": "pair", "a": a.id, "b": b.id, "relation": relation(a, b),
                           "kind": kind}
        mates = {id(a): [m for m, _ in members] for members in self.clusters for a, _ in members}
        for line, articles in self.lines:
            if line["type"] == "note":
                articles = articles[:1] + mates[id(articles[1])]
            yield {**line, "articles": [a.id for a in articles]}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", required=True, metavar="DIR")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--groups", type=int, default=400)
    options = parser.parse_args()
    corpus = Corpus(options.seed)
    corpus.make(options.groups)
    corpus.write(options.out)


if __name__ == "__main__":
    main()
