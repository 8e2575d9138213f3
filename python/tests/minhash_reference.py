"""Signatures from their description alone, slowly: what the known answers were made with.

    minhash_reference.py    writes minhash.json (needs xxhash)

A change of signatures has to change this first: engine/sketch/minhash.h is the description.
"""

import json
import pathlib
import unicodedata

ANSWERS = pathlib.Path(__file__).with_name("minhash.json")
ONES = 2**32 - 1

TEXTS = [
    "",
    "One",
    "one two three",
    "A ferry ran aground in thick fog off Port Aldery early on Tuesday, and nobody was hurt.",
    "FOG: A ferry ran aground in thick fog off Port Aldery on Tuesday, and nobody was hurt.",
    "Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich, sagt die Stadt.",
    "日本の天気は晴れです。",
    " ".join(f"word{n * n % 97}" for n in range(500)),
]
OPTIONS = [
    {"num_hashes": 16},
    {"num_hashes": 64, "shingle_tokens": 3, "seed": 7},
    {"num_hashes": 32, "shingle_tokens": 1, "seed": 2**64 - 1},
    {"num_hashes": 128},
]


def words(text):
    """Tokens of the texts above; the engine's rules know more (UAX #29, scripts without spaces)."""
    out = [""]
    for c in text:
        folded = unicodedata.normalize("NFKD", c.casefold())
        if unicodedata.name(c, "").startswith(("CJK", "HIRAGANA", "KATAKANA")):
            out += [folded, ""]
        elif c.isalnum():
            out[-1] += folded
        else:
            out.append("")
    return [w.encode() for w in out if w]


def mixed(x):
    x = (x ^ x >> 15) * 0x2C1B3C6D & ONES
    x = (x ^ x >> 12) * 0x297A2D39 & ONES
    return x ^ x >> 15


def signature(text, num_hashes=128, shingle_tokens=5, seed=0):
    from xxhash import xxh3_64_intdigest as xxh3

    def random(label):
        h = xxh3(label.to_bytes(4, "little"), seed)
        return h & ONES | 1, h >> 32

    tokens = [xxh3(w, seed) & ONES for w in words(text)]
    width = min(shingle_tokens, len(tokens))
    factors = [random(1024 + k)[0] for k in range(64)]
    add = random(1024 + 63)[1]
    count = len(tokens) - width + 1 if tokens else 0
    folds = [mixed((add + sum(f * t for f, t in zip(factors, tokens[i : i + width]))) & ONES) for i in range(count)]
    out = []
    for bin in range(num_hashes):
        mine = [f for f in folds if f * num_hashes >> 32 == bin]
        factor, plus = random(bin)
        out.append(min(mine, default=min(((factor * f + plus) & ONES for f in folds), default=ONES)))
    return out


def answers():
    return [{"options": o, "text": t, "signature": signature(t, **o)} for o in OPTIONS for t in TEXTS]


if __name__ == "__main__":
    lines = ",\n".join(json.dumps(a, ensure_ascii=False) for a in answers())
    ANSWERS.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
