"""Writes invented articles, and copies of them edited in each of the ways a wire knows."""
import re

import words
from article import Article, misread_text, word_count
from vocabulary import WIRES

WORD = re.compile(r"[A-Za-z]+")
FIGURE = re.compile(r"\d+")

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
        "N": "{NP[g(17)]}", "N1": "{NC[g(17)]}", "#1": "{YN[g(5)]}",
        "T": "{T[g(8)]}", "V": "{VB[g(15)]}", "R": "{PR[g(17)]}",
        "P": "{P[g(2)]}", "O": "{O[g(2)]}", "L": "{L[g(2)]}", "#": "{NU[g(14)]}",
        "C": "{CO[g(4)]}", "A": "{AT[g(5)]}", "A2": "{O[g(2)]} {AT[g(5)]}", "S": "{OP[g(5)]}",
        "D": "{DA[g(3)]}", "M": "{MO[g(4)]}", "W": "to {BA[g(14)]}",
    }
    body = re.sub(r"\bA2\b|\bN1\b|#1|\b[NTVRPOLCASDMW]\b|#", lambda m: drawn[m.group()], pattern)
    body = body.replace(" ,", ",")
    return f"lambda T, P, O, L: f'''{body}'''"


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
