#!/usr/bin/env python3
"""Small corpora of odd Unicode, tokenized and counted here with Python's own tables: every number of a pair that
twicetold lists is that of its two sets of shingles, and every pair above the rule for resemblance is listed.

    words.py TWICETOLD [-s SEED|time] [-n CASES]

What a word is, is written here a second time, from docs/quality.md: it shares no code with the engine.
"""
import argparse
import json
import random
import subprocess
import sys
import time
import unicodedata

SINGLE = [(0xE00, 0xEFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x3005, 0x3007), (0x303B, 0x303C), (0x3041, 0x30FF),
          (0x31F0, 0x31FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xA9E0, 0xA9FF), (0xAA60, 0xAA7F), (0xF900, 0xFAFF),
          (0xFF66, 0xFF9D), (0x1AFF0, 0x1AFFF), (0x1B000, 0x1B16F), (0x20000, 0x3FFFD)]
LATIN = [(0x41, 0x2AF), (0x1D00, 0x1EFF), (0x2071, 0x214F), (0x2C60, 0x2C7F), (0xA720, 0xA7FF), (0xAB30, 0xAB6F),
         (0xFB00, 0xFB06), (0xFF21, 0xFF5A), (0x1D400, 0x1D7FF)]
IGNORED = [(0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C), (0x640, 0x640), (0x7FA, 0x7FA), (0x115F, 0x1160),
           (0x17B4, 0x17B5), (0x180B, 0x180F), (0x200C, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164),
           (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFF8), (0x1BCA0, 0x1BCA3),
           (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF)]
HYPHENS = "-\u00ac\u00ad\u2010"
EQUAL_LETTERS = str.maketrans({"\u0649": "\u064a", "\u06cc": "\u064a", "\u06a9": "\u0643"})

ODD = """don't don’t donʼt Hawaiʻi rock-and-roll 1,000.50 http://ex.am/ple?q=1&b=2 a.b@c.de İstanbul istanbul ISTANBUL
ıspanak ΣΊΣΥΦΟΣ σίσυφος ﬁsh fish ﬃ co\u00adoperate می\u200cخواهم Å A\u030a Å ｆｕｌｌ full ①② ½ x² Ⅳ ß SS ẞ ǅ ŉ Ω ﾊﾞ ハ゛ バ ｶﾞ
日本語 한국어 한 3월 제3차 ภาษาไทย ກຳ မြန်မာ 👨‍👩‍👧 🏳️‍🌈 e\u0301\u0323 e\u0323\u0301 \u0301x ≠ =\u0338 \ufeffbom zero\u200bwidth ᾳ ᾼ
\u0345α α\u0345\u0301 α\u0301\u0345 ſ K µ μ ʼn ʻokina l·l ŀ ĳ \u3164 \u115f가 \u1100\u1161 ١٢٣ ۱۲۳ 123 १२३ १२३क 15اگست 15 اگست كي کی كى کـي
ب2034 א2034 а\u20dd \u20ddb x\u0345y ΐ ﷺ ㋀ ㌀ Ǆ ﬓ i\u0307 ˈ ª º ㎏ ℡ … \U0001d400 \U0001d7d8 \U0001f1e9 \U000e0041q \u034fq q\u034fr
\u180ex \u2066a\u2069 〆 々〇 ー ｰ \u0f71\u0f72 ཱི \u0f73 commu-\nnications com-\r\nmu nica- \n  tions Gen\u00ad\nè ve¬\nx
москва‐\nрека 3rd-\nplace x-y-\nz""".split(" ")
PLAIN = "the port council voted late on tuesday to raise fee Ship SHIP and of".split()
SPACES = [" ", "  ", "\n", "\n\n", "\t", ", ", ". ", "-", "—", "'", "’", "\u00a0", "\u2028", "\r\n", "/", "\u0085", "; ",
          "\u3000", "-\n"]


def within(char, ranges):
    return any(first <= ord(char) <= last for first, last in ranges)


def kind(char):
    """w(ord letter), n(umber), s(ingle), m(ark), i(gnored), x: separates."""
    category = unicodedata.category(char)
    if char in "\u02bb\u02bc\u02bd\u200b":
        return "x"
    if category == "Cf" or (category[0] in "LM" and within(char, IGNORED)):
        return "i"
    if category[0] == "M" or char in "\uff9e\uff9f":
        return "m"
    if char == "\u3007" or (category[0] == "L" and within(char, SINGLE)):
        return "s"
    return {"L": "w", "N": "n"}.get(category[0], "x")


def fold(word):
    for _ in range(2):
        word = unicodedata.normalize("NFKD", unicodedata.normalize("NFD", word).casefold())
    word = "".join(str(unicodedata.decimal(c)) if unicodedata.category(c) == "Nd" else c for c in word)
    return word.translate(EQUAL_LETTERS)


def is_beside_word(char):
    return char not in HYPHENS + "\u2011/_@" and kind(char) not in "ns"


def join_cut_words(text):
    """Takes the hyphens and the ends of lines out of cut words."""
    cuts, lines, i = [], 0, 0
    while i < len(text):
        if text[i] not in "\r\n":
            i += 1
            continue
        lines += 1
        after = i + (2 if text[i:i + 2] == "\r\n" else 1)
        before = len(text[:i].rstrip(" \t"))
        begin = after + len(text[after:]) - len(text[after:].lstrip(" \t"))
        i = after
        if before == 0 or text[before - 1] not in HYPHENS or begin == len(text):
            continue
        first = end = before - 1
        at = end
        while at > 0 and kind(text[at - 1]) in "wmi":
            at -= 1
            if kind(text[at]) == "w":
                first = at
        rest = begin
        while rest < len(text) and kind(text[rest]) in "wmi":
            rest += 1
        if (first < end and (at == 0 or is_beside_word(text[at - 1])) and unicodedata.category(text[begin]) == "Ll"
                and kind(text[begin]) == "w" and (rest == len(text) or is_beside_word(text[rest]))):
            cuts.append((end, begin))
    if len(cuts) * 16 <= lines:
        return text
    for end, begin in reversed(cuts):
        text = text[:end] + text[begin:]
    return text


def parts(last, char):
    """Whether a word ends between a decimal digit and a letter of another script than Latin."""
    digits = [unicodedata.category(c) == "Nd" for c in (last, char)]
    letters = [c for c, is_digit in zip((last, char), digits) if not is_digit]
    return len(letters) == 1 and kind(letters[0]) == "w" and not within(letters[0], LATIN)


def words(text):
    found, word, last, is_single = [], None, "", False
    for char in join_cut_words(text):
        k = kind(char)
        if k == "i":
            continue
        if k == "m":
            word = None if word is None else word + char
            continue
        if k in "wn" and word is not None and not is_single and not parts(last, char):
            word, last = word + char, char
            continue
        if word is not None:
            found.append(fold(word))
        word, last, is_single = (None if k == "x" else char), char, k == "s"
    return found if word is None else found + [fold(word)]


def shingles(text, w):
    found = words(text)
    return {tuple(found[i:i + w]) for i in range(max(1, len(found) - w + 1))} if found else set()


def random_text(r, count, share):
    return "".join(r.choice(ODD if r.random() < share else PLAIN) + (r.choice(SPACES) if r.random() < 0.8 else " ")
                   for _ in range(count))


def edited(r, text):
    chars = list(text)
    for _ in range(r.randrange(6)):
        what, i = r.random(), r.randrange(len(chars) + 1)
        if what < 0.3 and chars:
            del chars[i % len(chars)]
        elif what < 0.6:
            chars.insert(i, " " + r.choice(ODD + PLAIN) + " ")
        elif what < 0.7:
            chars = list("".join(chars).swapcase())
        else:
            chars = list(unicodedata.normalize(r.choice(["NFC", "NFD", "NFKC", "NFKD"]), "".join(chars)))
    return "".join(chars)[:len(chars) // 2 if r.random() < 0.2 else None]


def run_case(command, seed):
    """Checks one corpus. Returns how many pairs were compared, above the rule, and above it but missing."""
    r = random.Random(seed)
    w, rule, texts = r.randrange(1, 11), r.choice([0.3, 0.5, 0.7, 0.9]), []
    for _ in range(30):
        is_copy = texts and r.random() < 0.6
        texts.append(edited(r, r.choice(texts)) if is_copy else random_text(r, r.randrange(1, 60), r.random()))
    sets = [shingles(t, w) for t in texts]
    first = {}
    for k, t in enumerate(texts):
        first.setdefault(tuple(words(t)), k)
    options = r.choice([[], ["--pairs"], ["--threads", "2"]])
    done = subprocess.run([command, "scan", "-q", "-", "--shingle-tokens", str(w), "--resemblance", str(rule),
                           "--series", *options], capture_output=True, check=False,
                          input="".join(json.dumps({"id": k, "text": t}) + "\n" for k, t in enumerate(texts)).encode())
    listed = {(x["a"], x["b"]): x for x in map(json.loads, done.stdout.splitlines()) if x["type"] == "pair"}
    due = missing = 0
    for (a, b), pair in listed.items():
        shared = len(sets[a] & sets[b])
        want = {"resemblance": shared / max(1, len(sets[a] | sets[b])), "containment_a": shared / max(1, len(sets[a])),
                "containment_b": shared / max(1, len(sets[b]))}
        for name, value in want.items():
            if abs(pair[name] - value) > 1e-12:
                sys.exit(f"seed {seed}, w {w}: {name} of {a} and {b} is {pair[name]}, not {value}\n"
                         f"  {texts[a]!r}\n  {texts[b]!r}\n  replay: -s {seed} -n 1")
    for b, of_b in enumerate(sets):
        for a, of_a in enumerate(sets[:b]):
            is_first = [first[tuple(words(texts[k]))] for k in (a, b)]
            if not of_a or not of_b or len(of_a & of_b) / len(of_a | of_b) < rule or is_first not in ([a, b], [a, a]):
                continue
            due += 1
            missing += (a, b) not in listed
    return len(listed), due, missing


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("command")
    parser.add_argument("-s", default="1")
    parser.add_argument("-n", type=int, default=20)
    given = parser.parse_args()
    seed = time.time_ns() // 1000 if given.s == "time" else int(given.s)
    print(f"seed {seed}, {given.n} cases", flush=True)
    compared, due, missing = map(sum, zip(*(run_case(given.command, seed + k) for k in range(given.n))))
    print(f"{compared} pairs have the numbers of their sets; {missing} of {due} above the rule are missing")
    if compared == 0 or missing * 1000 > due:
        sys.exit("pairs are missing")


main()
