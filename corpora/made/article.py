"""An article on its way into a corpus; and what a scanner makes of it."""
import re

WRAP = 72  # columns of hard-wrapped articles
TOKEN = re.compile(r"[^\W_]+")


class Article:
    """Paragraphs of text, how they are laid out, and the planted marks in them.

    A mark is [section, first paragraph, offset in it, last paragraph, offset in it], in characters.
    """
    __slots__ = ("id", "title", "date", "source", "paragraphs", "layout", "marks", "tokens",
                 "place", "identity")

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
        separator = {"line": "\n", "scan": "\n", "one_line": " "}.get(self.layout, "\n\n")
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
