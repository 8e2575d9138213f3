#!/usr/bin/env python3
"""Makes a corpus of invented news with planted copies, series and sections, and its gold.

    generate.py --articles 10000 --seed 1 --out DIR [--profile mixed] [--stats]

writes DIR/articles.jsonl and DIR/gold.jsonl. Equal arguments give equal bytes on any machine and
any Python from 3.9: randomness is random.Random(seed).random() and .getrandbits() alone, and no
table is computed in floating point.

Text is a chain of phrases over an invented vocabulary (words.py and some 40,000 words made from
syllables), drawn by Zipf's law, so that words, pairs of words and stock sentences collide about as
often as they do in news; an article has its own names and its own topic. The gold has

    {"type":"cluster","cluster":N,"keep":ID,"articles":[ID,...],"kinds":{ID:KIND,...}}
    {"type":"pair","a":ID,"b":ID,"relation":...,"kind":KIND}     two articles of a cluster
    {"type":"series","form":F,"articles":[ID,...]}               same form, other facts: not copies
    {"type":"section","section":N,"kind":KIND,"occurrences":[{"article":ID,"begin":B,"end":E},...]}

with begin and end in bytes of the UTF-8 text. `kind` of a pair of an original and a copy is one of
KINDS, of two copies both of theirs joined by "+". Planted sections stand outside the clusters.
"""
import argparse
import datetime
import hashlib
import json
import os
import re
import sys
import time

from article import TOKEN, word_count
from bulletins import Bulletins
from draw import Rng
from vocabulary import WIRES, Vocabulary
from writer import Writer

KINDS = (
    "identical", "reprint", "abridged", "updated", "reordered", "rewrapped", "one_line",
    "replaced_2", "replaced_5", "replaced_10", "replaced_20", "misread_2", "misread_5",
)
SECTION_KINDS = ("paragraph", "paragraph_replaced_5", "cut", "body_twice", "notice")

# Shares of all articles: in clusters, in series, and in groups of each kind of section;
# notices: the share of articles that carry one.
PROFILES = {
    "pairs": dict(clusters=0.30, series=0.06),
    "series": dict(clusters=0.10, series=0.40),
    "sections": dict(paragraph=0.08, paragraph_replaced_5=0.08, cut=0.08, body_twice=0.02,
                     notice=0.10),
    "mixed": dict(clusters=0.24, series=0.04, paragraph=0.02, paragraph_replaced_5=0.02, cut=0.02,
                  body_twice=0.005, notice=0.06),
}
PROFILES["scale"] = PROFILES["mixed"]
RATES = ("clusters", "series") + SECTION_KINDS

WINDOW = 4096    # articles of one group stand within about this many of each other
MIN_COPIED = 80  # words of the shortest article that is copied


class Corpus:
    """Draws groups of articles, mixes them, writes them, and keeps the gold."""

    def __init__(self, options, rates):
        self.rng = Rng(options.seed)
        self.options = options
        self.rates = rates
        self.vocabulary = Vocabulary(self.rng)
        self.writer = Writer(self.vocabulary, self.rng)
        self.bulletins = Bulletins(self.vocabulary, self.rng)
        self.made = 0
        self.clusters = []      # [(article, kind), ...] of each
        self.series = []        # (form, [id, ...])
        self.sections = []      # [kind, {place: [(id, begin, end), ...]}]
        self.bytes = self.words = self.written = 0
        self.kind_turn = 0
        self.notices = []
        if rates["notice"] > 0:
            self.prepare_notices()

    def prepare_notices(self):
        """A notice stands in hundreds of articles, or in all that carry one if those are fewer."""
        carriers = self.options.articles * self.rates["notice"]
        count = self.options.boilerplate or max(1, int(carriers / 300))
        for _ in range(count):
            cast = self.writer.cast()
            least = self.rng.between(34, 70)
            self.notices.append((len(self.sections), self.writer.paragraph(cast, least)))
            self.sections.append(["notice", []])

    # ---- groups ----

    def finish(self, article):
        """Gives the article what a record needs beside its text."""
        rng = self.rng
        self.made += 1
        start = datetime.datetime(2031, 1, 6, 5, 0, 0)
        minutes = self.made * 3 + rng.below(1440)
        article.date = start + datetime.timedelta(minutes=minutes, seconds=rng.below(60))
        article.source = rng.pick(WIRES)
        letters = "".join(w[0] for w in article.source.split())
        article.id = f"{letters}-{article.date:%Y%m%d}-{self.made:07d}"
        return article

    def new_section(self, kind):
        self.sections.append([kind, []])
        return len(self.sections) - 1

    def plain(self):
        """An original of its own; some carry a notice."""
        article = self.writer.article()
        rng = self.rng
        if self.notices and rng.unit() < self.notice_share:
            number, text = self.notices[rng.below(len(self.notices))]
            while word_count(article.paragraphs) < 4 * (text.count(" ") + 1):
                article = self.writer.article(160)
            at = len(article.paragraphs) if rng.bits(2) else rng.below(len(article.paragraphs) + 1)
            article.paragraphs.insert(at, text)
            article.marks.append((number, at, 0, at, len(text)))
        return [self.finish(article)]

    def cluster(self):
        rng, writer = self.rng, self.writer
        size = self.cluster_size()
        original = self.finish(writer.article(MIN_COPIED))
        original.identity = True  # wanted: emit() fills it in
        members = [(original, "original")]
        for _ in range(size - 1):
            kind = self.options.kinds[self.kind_turn % len(self.options.kinds)]
            self.kind_turn += 1
            copy = self.finish(writer.copy(original, kind))
            copy.identity = True
            members.append((copy, kind))
        self.clusters.append(members)
        return [a for a, _ in members]

    def cluster_size(self):
        u = self.rng.unit()
        if u < 0.50:
            return 2
        if u < 0.72:
            return 3
        if u < 0.84:
            return 4
        if u < 0.97:
            return self.rng.between(5, 9)
        return self.rng.between(10, 40)

    def bulletin_series(self):
        number, form = self.bulletins.settle()
        size = min(self.rng.between(8, 60), max(2, int(self.options.articles * 0.02)))
        out = [self.finish(self.bulletins.bulletin(form)) for _ in range(size)]
        self.series.append((number, [a.id for a in out]))
        return out

    def lender(self, least):
        """An article and the number of one of its paragraphs of `least` words or more."""
        while True:
            article = self.writer.article(4 * least)
            fit = [i for i, p in enumerate(article.paragraphs)
                   if least <= p.count(" ") + 1 <= 120]
            if fit:
                return article, self.rng.pick(fit)

    def paragraph(self, percent=0):
        rng = self.rng
        article, at = self.lender(48 if percent else 38)
        text = article.paragraphs[at]
        number = self.new_section("paragraph_replaced_5" if percent else "paragraph")
        article.marks.append((number, at, 0, at, len(text)))
        out = [self.finish(article)]
        for _ in range((1, 1, 2, 4)[rng.bits(2)]):
            receiver = self.writer.article(4 * (text.count(" ") + 1))
            lent = self.writer.replace_words(text, percent, 1) if percent else text
            at = rng.below(len(receiver.paragraphs) + 1)
            receiver.paragraphs.insert(at, lent)
            receiver.marks.append((number, at, 0, at, len(lent)))
            out.append(self.finish(receiver))
        return out

    def paragraph_replaced_5(self):
        return self.paragraph(5)

    def cut(self):
        """50 to 90 words cut anywhere, across paragraphs too, and set inside another paragraph."""
        rng = self.rng
        article = self.writer.article(240)
        spots = [(i, m.start(), m.end()) for i, p in enumerate(article.paragraphs)
                 for m in re.finditer(r"[^ ]*[^\W_][^ ]*", p)]
        count = rng.between(50, 90)
        first = rng.below(len(spots) - count + 1)
        i0, begin, _ = spots[first]
        i1, _, end = spots[first + count - 1]
        if i0 == i1:
            text = article.paragraphs[i0][begin:end]
        else:
            text = " ".join([article.paragraphs[i0][begin:]] + article.paragraphs[i0 + 1:i1]
                            + [article.paragraphs[i1][:end]])
        number = self.new_section("cut")
        article.marks.append((number, i0, begin, i1, end))
        out = [self.finish(article)]
        for _ in range((1, 1, 1, 2)[rng.bits(2)]):
            receiver = self.writer.article(360)
            while True:
                at = rng.below(len(receiver.paragraphs))
                host = receiver.paragraphs[at]
                blanks = [m.start() for m in re.finditer(" ", host)]
                if len(blanks) > 8:
                    break
            blank = blanks[rng.between(3, len(blanks) - 4)]
            receiver.paragraphs[at] = host[:blank + 1] + text + host[blank:]
            receiver.marks.append((number, at, blank + 1, at, blank + 1 + len(text)))
            out.append(self.finish(receiver))
        return out

    def body_twice(self):
        rng = self.rng
        article = self.writer.article(120)
        while len(article.paragraphs) < 3 or word_count(article.paragraphs[1:]) < 60:
            article = self.writer.article(120)
        head = article.paragraphs[:1]
        body = article.paragraphs[1:]
        between = [self.writer.paragraph(self.writer.cast())] if rng.bits(1) else []
        article.paragraphs = head + body + between + body
        number = self.new_section("body_twice")
        n = len(body)
        second = 1 + n + len(between)
        article.marks.append((number, 1, 0, n, len(body[-1])))
        article.marks.append((number, second, 0, second + n - 1, len(body[-1])))
        return [self.finish(article)]

    # ---- order and output ----

    def groups(self):
        """Groups of articles, until there are enough; each kind keeps to its share throughout."""
        wanted = self.options.articles
        grouped = [k for k in RATES if k != "notice" and self.rates[k] > 0]
        makers = {"clusters": self.cluster, "series": self.bulletin_series}
        plain_share = 1 - sum(self.rates[k] for k in grouped)
        self.notice_share = min(1.0, self.rates["notice"] / plain_share) if plain_share > 0 else 0
        given = dict.fromkeys(grouped, 0)
        made = 0
        while made < wanted:
            behind = [k for k in grouped if given[k] < self.rates[k] * (made + 1)]
            if behind:
                kind = behind[self.rng.below(len(behind))]
                out = makers.get(kind, getattr(self, kind, None))()
                given[kind] += len(out)
            else:
                out = self.plain()
            made += len(out)
            yield out

    def write(self, to):
        rng = self.rng
        waiting = []
        for group in self.groups():
            waiting.extend(group)
            while len(waiting) > WINDOW:
                at = rng.below(len(waiting))
                waiting[at], waiting[-1] = waiting[-1], waiting[at]
                self.emit(waiting.pop(), to)
        rng.shuffle(waiting)
        for article in waiting:
            self.emit(article, to)

    def emit(self, article, to):
        text, marks = article.render()
        record = {"id": article.id, "title": article.title,
                  "published": article.date.strftime("%Y-%m-%dT%H:%M:%SZ"),
                  "source": article.source, "language": "en", "text": text}
        to.write(json.dumps(record, ensure_ascii=False))
        to.write("\n")
        for section, begin, end in marks:
            self.sections[section][1].append((self.written, article.id, begin, end))
        article.place = self.written
        tokens = TOKEN.findall(text.lower())
        article.tokens = len(tokens)
        if article.identity:
            article.identity = hashlib.sha256(" ".join(tokens).encode()).digest()[:12]
        article.paragraphs = article.marks = None
        self.written += 1
        self.bytes += len(text.encode())
        self.words += article.tokens

    def write_gold(self, to):
        counts = {}

        def put(record):
            to.write(json.dumps(record, ensure_ascii=False))
            to.write("\n")
            name = record["type"] + (":" + record["kind"] if "kind" in record else "")
            if "+" not in name:
                counts[name] = counts.get(name, 0) + 1

        for number, members in enumerate(self.clusters):
            ordered = sorted(members, key=lambda m: m[0].place)
            keep = max(ordered, key=lambda m: (m[0].tokens, -m[0].place))[0]
            put({"type": "cluster", "cluster": number, "keep": keep.id,
                 "articles": [a.id for a, _ in ordered], "kinds": {a.id: k for a, k in ordered}})
            for i, (a, kind_a) in enumerate(ordered):
                for b, kind_b in ordered[i + 1:]:
                    if "original" in (kind_a, kind_b):
                        kind = kind_b if kind_a == "original" else kind_a
                    elif self.options.pairs == "star":
                        continue
                    else:
                        kind = "+".join(sorted((kind_a, kind_b), key=KINDS.index))
                    put({"type": "pair", "a": a.id, "b": b.id, "relation": relation(a, b),
                         "kind": kind})
        for form, ids in self.series:
            put({"type": "series", "form": form, "articles": ids})
        number = 0
        for kind, occurrences in self.sections:
            if len(occurrences) < 2:
                continue
            put({"type": "section", "section": number, "kind": kind,
                 "occurrences": [{"article": i, "begin": b, "end": e}
                                 for _, i, b, e in sorted(occurrences)]})
            number += 1
        return counts


def relation(a, b):
    if a.identity == b.identity:
        return "identical"
    if 2 * a.tokens >= 3 * b.tokens:
        return "contains"
    if 2 * b.tokens >= 3 * a.tokens:
        return "contained"
    return "near"


def parse(arguments):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--articles", type=int, required=True, help="at least this many")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", required=True, metavar="DIR")
    parser.add_argument("--profile", choices=sorted(PROFILES), default="mixed")
    parser.add_argument("--only", metavar="LIST",
                        help="ingredients, the others off: " + ",".join(RATES) + ", or sections")
    for name in RATES:
        parser.add_argument("--" + name.replace("_", "-"), type=float, metavar="SHARE",
                            help="share of the articles, instead of the profile's")
    parser.add_argument("--kinds", metavar="LIST", default=",".join(KINDS),
                        help="edits of the copies (default: all)")
    parser.add_argument("--boilerplate", type=int, metavar="N",
                        help="different notices (default: one for each 300 articles with one)")
    parser.add_argument("--pairs", choices=("all", "star"), default="all",
                        help="gold pairs: all of a cluster, or each copy with its original")
    parser.add_argument("--stats", action="store_true", help="print counts to standard error")
    options = parser.parse_args(arguments)
    rates = {name: PROFILES[options.profile].get(name, 0.0) for name in RATES}
    if options.only:
        only = options.only.replace("sections", ",".join(SECTION_KINDS)).split(",")
        if not set(only) <= set(RATES):
            parser.error("--only: unknown ingredient in " + options.only)
        rates = {name: rates[name] if name in only else 0.0 for name in RATES}
    for name in RATES:
        if getattr(options, name) is not None:
            rates[name] = getattr(options, name)
    if any(r < 0 for r in rates.values()) or sum(rates.values()) > 1:
        parser.error("the shares must lie between 0 and 1 and sum to 1 at most")
    options.kinds = options.kinds.split(",")
    if not set(options.kinds) <= set(KINDS):
        parser.error("--kinds: of " + ",".join(KINDS))
    if options.articles < 1:
        parser.error("--articles: 1 or more")
    return options, rates


def main(arguments=None):
    options, rates = parse(arguments)
    begun = time.monotonic()
    corpus = Corpus(options, rates)
    os.makedirs(options.out, exist_ok=True)
    names = [os.path.join(options.out, name) for name in ("articles.jsonl", "gold.jsonl")]
    with open(names[0] + ".part", "w", encoding="utf-8", newline="\n") as to:
        corpus.write(to)
    with open(names[1] + ".part", "w", encoding="utf-8", newline="\n") as to:
        counts = corpus.write_gold(to)
    for name in names:
        os.replace(name + ".part", name)
    if options.stats:
        seconds = time.monotonic() - begun
        print(f"{corpus.written} articles, {corpus.bytes} bytes of text, "
              f"{corpus.words / corpus.written:.0f} tokens an article, {seconds:.1f} s, "
              f"{corpus.written / seconds:.0f} articles/s", file=sys.stderr)
        for name in sorted(counts):
            print(f"  {name:30} {counts[name]}", file=sys.stderr)


if __name__ == "__main__":
    main()
