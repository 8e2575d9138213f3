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
    {"type":"pair","a":ID,"b":ID,"relation":...,"kind":KIND}     a copy and its original, or two copies
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
import random
import re
import sys
import time

import series
import words

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

WINDOW = 4096       # articles of one group stand within about this many of each other
WRAP = 72           # columns of hard-wrapped articles
MIN_COPIED = 80     # words of the shortest article that is copied
TOKEN = re.compile(r"[^\W_]+")
WORD = re.compile(r"[A-Za-z]+")
FIGURE = re.compile(r"\d+")


class Rng:
    """A seeded source of random bits, and the few draws made of them."""

    def __init__(self, seed):
        source = random.Random(seed)
        self.bits = source.getrandbits
        self.unit = source.random

    def below(self, n):
        return int(self.unit() * n)

    def between(self, low, high):
        return low + int(self.unit() * (high - low + 1))

    def pick(self, items):
        return items[int(self.unit() * len(items))]

    def shuffle(self, items):
        for i in range(len(items) - 1, 0, -1):
            j = int(self.unit() * (i + 1))
            items[i], items[j] = items[j], items[i]


def zipf_table(items, bits, offset):
    """2**bits entries in which items[k] has a share in proportion to 1 / (k + offset)."""
    size = 1 << bits
    weights = [(1 << 40) // (k + offset) for k in range(len(items))]
    total = sum(weights)
    table = []
    reached = 0
    for item, weight in zip(items, weights):
        reached += weight
        table.extend([item] * (reached * size // total - len(table)))
    return table


def plural(noun):
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + ("es" if noun.endswith(("s", "sh", "ch", "x")) else "s")


# ---- the vocabulary --------------------------------------------------------------------------------

ONSETS = ("b c d f g h j k l m n p r s t v w b c d f g l m n p r s t m n r t l br ch cl cr dr fl fr gl gr "
          "pl pr qu sh sl sp st th tr").split() + [""] * 4
NUCLEI = "a e i o u a e i o a e a o e ai ea ee ia oo ou".split()
CODAS = "l m n r s n r l t d nd ng nt rd rn rt st th ck ss".split() + [""] * 20
NOUN_ENDS = ["", "", "er", "ing", "ment", "tion", "ness", "age", "or", "ist", "ity", "al"]
ADJECTIVE_ENDS = ["al", "ic", "ous", "ive", "y", "ed", "ish", "an", "able"]
PLACE_ENDS = "ton ford ham by stad berg ia ova mouth field grad haven wick ona dale".split()
FIRM_ENDS = ("Holdings Freight Mills Line Bank Foods Energy Steel Press Airways Textiles Trading "
             "Chemicals Motors Mutual Works Cement Group Union Paper").split()
BODY_ENDS = ("Harbour Board;Labour Congress;Weather Office;Farmers Union;Research Institute;"
             "City Council;Water Company;Chamber of Trade;Transport Authority;Medical Society;"
             "Teachers Union;Mining Bureau;Rail Company;Housing Fund;Football League").split(";")
WIRES = ("Harbour Wire", "North Coast Press", "Meridian News", "Inland Service", "Lantern Agency",
         "Evening Dispatch", "Valley Courier", "Tern Island Post", "Provincial Telegraph")
ACCENTED = ("Café Brenoise", "Saint-Éloin", "Mürrau", "Año Claro", "Gävlund", "São Torel",
            "Orléval", "Königsau")


class Vocabulary:
    """All tables that text is drawn from; the same for every article of a corpus."""

    def __init__(self, rng):
        self.rng = rng
        seen = set()
        for group in (words.NOUNS, words.ADJECTIVES, words.VERBS_PAST, words.VERBS_BASE):
            seen.update(group)
        nouns = self.mixed(words.NOUNS, 17000, NOUN_ENDS, seen)
        adjectives = self.mixed(words.ADJECTIVES, 7000, ADJECTIVE_ENDS, seen)
        past = self.mixed(words.VERBS_PAST, 3000, ["ed"], seen)
        base = self.mixed(words.VERBS_BASE, 1500, ["", "ise", "ate"], seen)
        places = self.names(3000, PLACE_ENDS, seen) + list(ACCENTED)
        first = self.names(500, ["", "a", "o", "in", "el"], seen)
        last = self.names(9000, ["", "er", "ov", "sen", "ez", "ak", "ini", "man"], seen)
        plain = nouns + adjectives + past
        rng.shuffle(plain)
        self.replacements = zipf_table(words.NOUNS[:200] + plain, 17, 60)
        self.first = zipf_table(first, 12, 12)
        self.last = zipf_table(last, 15, 60)
        self.places = zipf_table(places, 13, 20)
        self.noun = zipf_table(nouns, 17, 16)
        self.adjective = zipf_table(adjectives, 16, 16)
        self.past = zipf_table(past, 15, 12)
        self.base = zipf_table(base, 14, 12)
        self.numerals = [self.numeral() for _ in range(1 << 14)]
        self.phrases()

    def syllables(self, count):
        rng = self.rng
        return "".join(rng.pick(ONSETS) + rng.pick(NUCLEI) + rng.pick(CODAS) for _ in range(count))

    def coin(self, ends, seen):
        while True:
            word = self.syllables(1 + (self.rng.unit() < 0.55)) + self.rng.pick(ends)
            if 3 < len(word) < 13 and word not in seen:
                seen.add(word)
                return word

    def mixed(self, real, count, ends, seen):
        """Real words first, then invented ones, a few of which are as frequent as the real."""
        out = list(real)
        for _ in range(count):
            out.append(self.coin(ends, seen))
        for i in range(40, len(real), 4):
            j = len(real) + self.rng.below(count)
            out[i], out[j] = out[j], out[i]
        return out

    def names(self, count, ends, seen):
        return [self.coin(ends, seen).capitalize() for _ in range(count)]

    def numeral(self):
        rng = self.rng
        form = rng.below(20)
        if form < 5:
            return str(rng.between(2, 99))
        if form < 8:
            return f"{rng.between(1, 98)}.{rng.below(10)} percent"
        if form < 10:
            return f"{rng.between(2, 95)} percent"
        if form < 13:
            return f"{rng.between(1, 999)}.{rng.below(10)} million"
        if form < 16:
            return f"{rng.between(100, 999999):,}"
        if form < 17:
            return f"{rng.between(1, 40)}.{rng.below(100):02d} billion"
        return rng.pick(words.NUMBER_WORDS)

    def phrases(self):
        """Pools of short phrases; a shingle of five words nearly always spans two draws."""
        rng, bits = self.rng, self.rng.bits
        noun, adjective, past, base = self.noun, self.adjective, self.past, self.base
        noun_phrases = []
        for _ in range(60000):
            determiner = rng.pick(words.DETERMINERS)
            last = noun[bits(17)]
            if determiner in words.PLURAL:
                last = plural(last)
            form = rng.below(12)
            if form < 4:
                phrase = f"{determiner} {last}"
            elif form < 7:
                phrase = f"{determiner} {adjective[bits(16)]} {last}"
            elif form < 8:
                phrase = f"{noun[bits(17)]} {plural(noun[bits(17)])}"
            elif form < 9:
                phrase = f"{adjective[bits(16)]} {plural(noun[bits(17)])}"
            elif form < 10:
                phrase = f"the {noun[bits(17)]} {noun[bits(17)]}"
            elif form < 11:
                phrase = plural(noun[bits(17)])
            else:
                phrase = f"the {noun[bits(17)]} of {noun[bits(17)]}"
            noun_phrases.append(re.sub(r"\ba (?=[aeiou])", "an ", phrase))
        verbs = []
        for _ in range(12000):
            form = rng.below(12)
            verb = past[bits(15)]
            if form < 4:
                verbs.append(verb)
            elif form < 6:
                verbs.append(f"{rng.pick(words.ADVERBS)} {verb}")
            elif form < 8:
                verbs.append("would " + base[bits(14)])
            elif form < 9:
                verbs.append("could " + base[bits(14)])
            elif form < 10:
                verbs.append("had " + verb)
            elif form < 11:
                verbs.append("had not " + verb)
            else:
                verbs.append(f"agreed to {base[bits(14)]}")
        prepositional = [f"{rng.pick(words.PREPOSITIONS)} {rng.pick(noun_phrases)}"
                         for _ in range(40000)]
        self.noun_phrase = zipf_table(noun_phrases, 17, 250)
        self.noun_opening = [p[0].upper() + p[1:] for p in self.noun_phrase]
        self.verb = zipf_table(verbs, 15, 120)
        self.prepositional = zipf_table(prepositional, 17, 400)
        # A topic: the phrases its stories keep coming back to.
        self.topics = []
        for _ in range(500):
            own = [rng.pick(noun_phrases) for _ in range(40)]
            self.topics.append(zipf_table(own, 8, 2))
        self.stock = words.STOCK + [self.stock_sentence() for _ in range(120)]

    def stock_sentence(self):
        bits = self.rng.bits
        text = (f"{self.noun_phrase[bits(17)]} {self.verb[bits(15)]} {self.noun_phrase[bits(17)]} "
                f"{self.prepositional[bits(17)]}.")
        return text[0].upper() + text[1:]

    def person(self):
        bits = self.rng.bits
        return f"{self.first[bits(12)]} {self.last[bits(15)]}"

    def place(self):
        return self.places[self.rng.bits(13)]

    def firm(self):
        form = self.rng.below(4)
        if form == 0:
            return f"{self.place()} {self.rng.pick(BODY_ENDS)}"
        name = self.last[self.rng.bits(15)] if form < 3 else self.place()
        return f"{name} {self.rng.pick(FIRM_ENDS)}"


# Sentences. N noun phrase, T one of the topic's, V verb, R prepositional phrase, P person, O body,
# L place, # numeral, C connective, A attribution, S opener, D weekday, M month, W to + verb.
PATTERNS = """
T V N R.
T V N R R.
O V N R, A2.
N V N R C N V N.
S N V N R R.
P, who V N R, V T.
"T V N R," P A.
"T V N C N V N," P of O A.
P A that T V N R C N V N.
O said on D it V N R W N.
N rose # to # R, O said.
T fell # in M R, compared with # a year earlier.
N V N W T R.
L, M #1 - N V T R R.
In L, N V N C T V N R.
O V # R R and V N.
T R V N, while N R V N.
N C N V N R, P A.
According to O, T V N R R.
S T V N W N R C N V N R.
"We V N R C N V T," P said. "N1 V N R."
P V T R on D.
About # of N V N R in L.
T V N R, and N V N R, but N V N.
The N near L V N C N V N R.
P, #1 , speaking for O, V N R.
T and N V R, O A.
N R V N W N, but T V N.
N V T R R in M.
On D, T V N R W N.
""".strip().split("\n")
COMMON_PATTERNS = 20  # the first are drawn more often


def compile_pattern(pattern):
    """A function of (a topic, persons, bodies, places) that draws one sentence."""
    drawn = {
        "N": "{NP[g(17)]}", "N1": "{NC[g(17)]}", "#1": "{YN[g(5)]}", "T": "{T[g(8)]}", "V": "{VB[g(15)]}", "R": "{PR[g(17)]}",
        "P": "{P[g(2)]}", "O": "{O[g(2)]}", "L": "{L[g(2)]}", "#": "{NU[g(14)]}",
        "C": "{CO[g(4)]}", "A": "{AT[g(5)]}", "A2": "{O[g(2)]} {AT[g(5)]}", "S": "{OP[g(5)]}",
        "D": "{DA[g(3)]}", "M": "{MO[g(4)]}", "W": "to {BA[g(14)]}",
    }
    body = re.sub(r"\bA2\b|\bN1\b|#1|\b[NTVRPOLCASDMW]\b|#", lambda m: drawn[m.group()], pattern)
    body = body.replace(" ,", ",")
    return f"lambda T, P, O, L: f'''{body}'''"


class Article:
    """Paragraphs of text, how they are laid out, and the planted marks in them.

    A mark is [section, first paragraph, offset in it, last paragraph, offset in it], in characters.
    """
    __slots__ = ("id", "title", "date", "source", "paragraphs", "layout", "marks", "tokens", "place",
                 "identity")

    def __init__(self, title, paragraphs, layout):
        self.title = title
        self.paragraphs = paragraphs
        self.layout = layout
        self.marks = []
        self.id = None
        self.date = None
        self.source = None
        self.place = -1
        self.identity = None

    def render(self):
        """The text, and its marks as [section, begin, end] in bytes."""
        parts = self.paragraphs
        if self.layout == "wrapped":
            parts = [wrap(p) for p in parts]
        separator = {"line": "\n", "one_line": " "}.get(self.layout, "\n\n")
        text = separator.join(parts)
        marks = []
        if self.marks:
            starts, at = [], 0
            for part in parts:
                starts.append(at)
                at += len(part) + len(separator)
            for section, first, begin, last, end in self.marks:
                b, e = starts[first] + begin, starts[last] + end
                marks.append((section, len(text[:b].encode()), len(text[:e].encode())))
        return text, marks


def wrap(paragraph):
    """Breaks lines by turning single blanks into newlines: no offset moves."""
    out = []
    begin, end = 0, len(paragraph)
    while end - begin > WRAP:
        cut = paragraph.rfind(" ", begin, begin + WRAP + 1)
        if cut <= begin:
            cut = paragraph.find(" ", begin + WRAP)
            if cut < 0:
                break
        out.append(paragraph[begin:cut])
        begin = cut + 1
    out.append(paragraph[begin:])
    return "\n".join(out)


def word_count(paragraphs):
    return sum(p.count(" ") + 1 for p in paragraphs)


MISREAD = {
    "e": ("c", "o"), "c": ("e", "o"), "l": ("1", "i"), "o": ("0", "c"), "i": ("l", "1", "j"),
    "h": ("b", "li"), "b": ("h", "6"), "a": ("o", "u", "s"), "s": ("5", "a"), "t": ("f", "l"),
    "f": ("t", "r"), "u": ("n", "ii"), "n": ("u", "ri"), "g": ("q", "9"), "d": ("cl", "a"),
    "m": ("rn", "in"), "w": ("vv",), "r": ("t", "v"), "v": ("y", "r"), "y": ("v",), "k": ("lc",),
    "p": ("n",), "1": ("l",), "0": ("o",), "5": ("S",), "8": ("3",), "3": ("8",), "6": ("b",),
    "I": ("l", "1"), "S": ("5",), "B": ("8", "R"), "O": ("0",), "D": ("O",), "H": ("II",),
    ".": (",",), ",": (".",), "T": ("I",), "E": ("F",), "C": ("G",), "M": ("NI",),
}


def misread_text(rng, text, percent):
    """About `percent` of the characters read as a scanner errs: rn for m, words split, joined."""
    unit, bits = rng.unit, rng.bits
    size = len(text)
    count = int(size * percent / 100 + unit())
    out, at = [], 0
    for place in sorted(int(unit() * size) for _ in range(count)):
        if place < at:
            continue
        letter = text[place]
        if letter == " ":
            new = "" if bits(2) == 0 else " "
        elif text[place:place + 2] == "rn":
            out.append(text[at:place] + "m")
            at = place + 2
            continue
        elif bits(5) == 0:
            new = letter + " "
        else:
            choices = MISREAD.get(letter)
            new = choices[bits(4) % len(choices)] if choices else letter
        out.append(text[at:place] + new)
        at = place + 1
    return re.sub("  +", " ", "".join(out) + text[at:]).strip()


# ---- writing articles ------------------------------------------------------------------------------

# Words of an article by quantile: (share, words).
LENGTHS = ((0.0, 60), (0.1, 120), (0.25, 190), (0.5, 285), (0.75, 420), (0.9, 610), (0.97, 880),
           (0.995, 1250), (1.0, 1500))


class Writer:
    """Draws articles."""

    def __init__(self, vocabulary, rng):
        self.v = vocabulary
        self.rng = rng
        scope = {
            "g": rng.bits, "NP": vocabulary.noun_phrase, "VB": vocabulary.verb,
            "PR": vocabulary.prepositional, "NU": vocabulary.numerals, "BA": vocabulary.base,
            "CO": (words.CONNECTIVES * 2)[:16], "AT": (words.ATTRIBUTIONS * 2)[:32],
            "OP": (words.OPENERS * 2)[:32], "DA": words.DAYS + words.DAYS[:1],
            "NC": vocabulary.noun_opening, "YN": list(range(1, 29)) + [31, 34, 47, 52],
            "MO": words.MONTHS + words.MONTHS[:4],
        }
        compiled = [eval(compile_pattern(p), scope) for p in PATTERNS]
        self.patterns = (compiled[:COMMON_PATTERNS] * 2 + compiled + compiled)[:64]

    def length(self):
        u = self.rng.unit()
        for (s0, w0), (s1, w1) in zip(LENGTHS, LENGTHS[1:]):
            if u < s1:
                return int(w0 + (w1 - w0) * (u - s0) / (s1 - s0))
        return LENGTHS[-1][1]

    def cast(self):
        """A story's topic, persons, bodies and places."""
        v, rng = self.v, self.rng
        persons = [v.person() for _ in range(3)]
        surname = persons[0].split(" ")[1]
        bodies = [v.firm() for _ in range(3)]
        return (v.topics[rng.below(len(v.topics))], persons + [surname], bodies + bodies[:1],
                [v.place() for _ in range(4)])

    def paragraph(self, cast, least=0):
        rng = self.rng
        bits, patterns = rng.bits, self.patterns
        sentences = []
        count = (1, 1, 2, 2, 2, 3, 3, 2)[bits(3)]
        total = 0
        while count > 0 or total < least:
            text = patterns[bits(6)](*cast)
            sentences.append(text[0].upper() + text[1:] if text[0] != '"'
                             else '"' + text[1].upper() + text[2:])
            total += text.count(" ") + 1
            count -= 1
        if bits(4) == 0:
            sentences.append(rng.pick(self.v.stock))
        return " ".join(sentences)

    def dateline(self, cast):
        rng = self.rng
        place = cast[3][0].upper()
        return (f"{place}, {rng.pick(words.MONTHS)} {rng.between(1, 28)} ({rng.pick(WIRES)}) - ")

    def title(self, cast):
        bits = self.rng.bits
        text = f"{cast[0][bits(8)]} {self.v.past[bits(15)]} {self.v.noun_phrase[bits(17)]}"
        return text[0].upper() + text[1:]

    def layout(self):
        return ("blank", "blank", "blank", "blank", "line", "line", "wrapped", "blank")[
            self.rng.bits(3)]

    def article(self, least=60):
        """An original of at least `least` words."""
        rng = self.rng
        cast = self.cast()
        title = self.title(cast)
        target = max(self.length(), least)
        paragraphs = []
        if rng.bits(2) == 0:
            paragraphs.append(title)
        total = 0
        while total < target:
            text = self.paragraph(cast)
            if total == 0 and rng.bits(1):
                text = self.dateline(cast) + text
            paragraphs.append(text)
            total += text.count(" ") + 1
        return Article(title, paragraphs, self.layout())

    # ---- copies ----

    def copy(self, original, kind):
        made = Article(original.title, list(original.paragraphs), original.layout)
        name, _, amount = kind.partition("_")
        if amount.isdigit():
            getattr(self, name)(made, int(amount))
        else:
            getattr(self, kind)(made)
        return made

    def identical(self, a):
        pass

    def reprint(self, a):
        rng, v = self.rng, self.v
        at = 1 if a.paragraphs[0] == a.title else 0
        text = re.sub(r"^[^a-z]+, \w+ \d+ \([^)]*\) - ", "", a.paragraphs[at])
        cast = (None, None, None, [v.place()])
        a.paragraphs[at] = (self.dateline(cast) + text if rng.bits(2)
                            else f"{v.place()} (Own report) -- {text}")
        if rng.bits(1):
            a.paragraphs.insert(at, f"By {v.person()}")
        if rng.bits(1):
            a.paragraphs.append(f"(c) {rng.pick(WIRES)}. Additional reporting by {v.person()} in "
                                f"{v.place()}.")
        a.layout = self.layout()

    def abridged(self, a):
        total = word_count(a.paragraphs)
        wanted = int(total * (0.5 + 0.3 * self.rng.unit()))
        kept, have = [], 0
        for text in a.paragraphs:
            count = text.count(" ") + 1
            if have + count > wanted:
                break
            kept.append(text)
            have += count
        if have < total * 0.5:  # a long paragraph: cut inside it, at a word
            text = a.paragraphs[len(kept)].split(" ")
            kept.append(" ".join(text[:wanted - have]))
        a.paragraphs = kept

    def updated(self, a):
        rng = self.rng
        cast = self.cast()
        texts = a.paragraphs
        figures = [(i, m.start(), m.end()) for i, p in enumerate(texts)
                   for m in FIGURE.finditer(p)]
        for _ in range(min(rng.between(0, 3), len(figures) // 4)):
            i, begin, end = figures.pop(rng.below(len(figures)))
            size = end - begin
            low = 10 ** (size - 1)
            texts[i] = texts[i][:begin] + str(rng.between(low, low * 10 - 1)) + texts[i][end:]
        limit = max(1, word_count(texts) // 100)
        for _ in range(min(rng.between(1, 3), limit)):
            at = 0 if rng.bits(1) else rng.below(len(texts) + 1)
            texts.insert(at, self.paragraph(cast))

    def reordered(self, a):
        rng = self.rng
        texts = a.paragraphs
        if len(texts) < 2:
            texts[:] = self.halves(texts[0])
        before = list(texts)
        while texts == before:
            if rng.bits(1):
                rng.shuffle(texts)
            else:
                texts.insert(rng.below(len(texts)), texts.pop(rng.below(len(texts))))

    @staticmethod
    def halves(text):
        tokens = text.split(" ")
        middle = len(tokens) // 2
        return [" ".join(tokens[:middle]), " ".join(tokens[middle:])]

    def rewrapped(self, a):
        a.layout = "blank" if a.layout == "wrapped" else "wrapped"
        if a.paragraphs[0] == a.title and a.title.isascii():
            a.paragraphs[0] = a.title.upper()

    def one_line(self, a):
        a.layout = "one_line"

    def replaced(self, a, percent):
        before = a.paragraphs
        while a.paragraphs == before:
            a.paragraphs = [self.replace_words(p, percent) for p in before]

    def replace_words(self, text, percent, least=0):
        """`percent` of the words, drawn one by one, become other words of the vocabulary."""
        rng, table, bits = self.rng, self.v.replacements, self.rng.bits
        share = percent / 100
        while True:
            out, at, done = [], 0, 0
            for m in WORD.finditer(text):
                if rng.unit() < share:
                    old = m.group()
                    new = table[bits(17)]
                    if new == old.lower():
                        continue
                    if old[0].isupper():
                        new = new.upper() if len(old) > 1 and old.isupper() else new.capitalize()
                    out.append(text[at:m.start()])
                    out.append(new)
                    at = m.end()
                    done += 1
            if done >= least:
                return "".join(out) + text[at:]

    def misread(self, a, percent):
        a.paragraphs = [misread_text(self.rng, p, percent) for p in a.paragraphs]


# ---- bulletins -------------------------------------------------------------------------------------

SKIES = ("fair;cloudy;overcast;light rain;heavy showers;fog at first;thunder;sleet;clear spells;"
         "drizzle;snow;haze;sunny intervals;hail").split(";")
WINDS = "north;north-east;east;south-east;south;south-west;west;north-west".split(";")
PERIODS = ("first-quarter;second-quarter;third-quarter;fourth-quarter;half-year;full-year;"
           "nine-month").split(";")
DAYPARTS = "morning;afternoon;early round;late session;second round".split(";")
SLOT = re.compile(r"\{(\w+)\}")
CHOICE = re.compile(r"\[([^\]]*)\]")


class Bulletins:
    """Draws series: a form is settled once, its facts anew for each bulletin. Half of the places,
    dates, periods and persons are settled with the form, as in bulletins of one day or one desk."""

    SETTLED = re.compile(r"\{(L|DATE|YEAR|DAY|PERIOD|P|DAYPART)\}")

    def __init__(self, vocabulary, rng):
        self.v = vocabulary
        self.rng = rng

    def settle(self):
        form = self.rng.below(len(series.FORMS))
        text = CHOICE.sub(lambda m: self.rng.pick(m.group(1).split("|")), series.FORMS[form])
        text = self.SETTLED.sub(
            lambda m: self.fact(m.group(1)) if self.rng.unit() < 0.5 else m.group(), text)
        return form, text

    def bulletin(self, form):
        text = SLOT.sub(lambda m: self.fact(m.group(1)), form)
        layout = "blank" if "\n\n" in text else ("line" if self.rng.bits(1) else "wrapped")
        title = " ".join(text.split()[:6]).rstrip(",.:")
        return Article(title, text.split("\n\n"), layout)

    def fact(self, slot):
        rng, v = self.rng, self.v
        if slot == "CO":
            return v.firm()
        if slot == "P":
            return v.person()
        if slot == "L":
            return v.place()
        if slot == "SHIP":
            return "MV " + v.last[rng.bits(15)]
        if slot == "INT":
            return f"{rng.between(1000, 9999999) >> rng.below(8):,}"
        if slot == "MLN":
            return f"{rng.between(2, 990)}.{rng.below(10)}"
        if slot == "PRICE":
            return f"{rng.between(80, 2400)}.{rng.below(4) * 25:02d}"
        if slot in ("DEC", "CENTS"):
            return f"{rng.between(1, 79)}.{rng.between(1, 99):02d}".rstrip("0")
        if slot == "RATE":
            return f"{rng.between(60, 140)}.{rng.below(1000):03d}"
        if slot == "TEMP":
            return str(rng.between(1, 39))
        if slot == "NUM":
            return rng.pick(words.NUMBER_WORDS)
        if slot == "GOALS":
            return str(rng.below(7))
        if slot == "YEAR":
            return str(rng.between(2031, 2064))
        if slot == "CLOCK":
            return f"{rng.below(24):02d}.{rng.below(60):02d}"
        if slot == "DATE":
            return f"{rng.pick(words.MONTHS)} {rng.between(1, 28)}"
        return rng.pick({"DAY": words.DAYS, "SKY": SKIES, "WIND": WINDS, "PERIOD": PERIODS,
                         "DAYPART": DAYPARTS}[slot])


# ---- the corpus ------------------------------------------------------------------------------------

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
                        help="different notices (default: so many that each stands in 300 articles)")
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
