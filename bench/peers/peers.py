#!/usr/bin/env python3
"""One run of one peer: reads JSON Lines, writes the pairs it finds as JSON Lines.

    peers.py NAME THREADS ARTICLES.jsonl RESULT.jsonl

Runs in the virtual environment that bench/peers/run makes. Every peer gets the same job: shingles of
five lower-cased runs of \\w, 128 values, 16 bands of 8, pairs of resemblance 0.7 or more by the
peer's own estimate, {"a":ID,"b":ID} a line. Each takes the fastest path its documentation offers
that names both articles of a pair; "flags" paths, which only say that an article has a copy, write
{"copy":ID} lines. Seconds of CPU a phase go to standard error.
"""
import os
import re
import sys
import time

THRESHOLD, VALUES, BANDS, ROWS, WORDS = 0.7, 128, 16, 8, 5
WORD = re.compile(r"\w+")


def load(path):
    import orjson
    ids, texts = [], []
    with open(path, "rb") as lines:
        for line in lines:
            record = orjson.loads(line)
            ids.append(record["id"])
            texts.append(record["text"])
    return ids, texts


def shingles(text, blank=" "):
    """Of str, or of bytes if the blank is."""
    words = WORD.findall(text.lower())
    if isinstance(blank, bytes):
        words = " ".join(words).encode().split(blank)
    if len(words) < WORDS:
        return [blank.join(words)]
    return list(map(blank.join, zip(words, words[1:], words[2:], words[3:], words[4:])))


class Phases:
    def __init__(self):
        self.last = time.process_time()

    def done(self, name):
        now = time.process_time()
        print(f"{name} {now - self.last:.3f}", file=sys.stderr)
        self.last = now


# ---- the peers: a generator of pairs of ordinals, (a, None) for a flag -------------------------------

def gaoya(texts, phase):
    """The index has no join with itself: every text is sketched to insert it and again to ask."""
    from gaoya.minhash import MinHashStringIndex
    index = MinHashStringIndex(32, THRESHOLD, BANDS, ROWS, None, "word", True, (WORDS, WORDS),
                               "smallvec")
    index.par_bulk_insert_docs(list(range(len(texts))), texts)
    phase.done("insert")
    found = index.par_bulk_query(texts)
    phase.done("query")
    for a, others in enumerate(found):
        for b in others:
            if a < b:
                yield a, b


def rensa(texts, phase):
    """R-MinHash over all shingles, its LSH, its estimate."""
    from rensa import RMinHash, RMinHashLSH
    sets = [shingles(t) for t in texts]
    phase.done("shingles")
    sketches = RMinHash.from_token_sets(sets, VALUES, 42)
    del sets
    phase.done("sketch")
    index = RMinHashLSH(THRESHOLD, VALUES, BANDS)
    index.insert_many(sketches)
    phase.done("insert")
    for a, others in enumerate(index.query_all(sketches)):
        for b in others:
            if a < b and sketches[a].jaccard(sketches[b]) >= THRESHOLD:
                yield a, b


def word_numbers(texts):
    """All shingles of all texts as one array of 64-bit hashes, and where each text's begin."""
    import numpy
    numbers, counts, seen = [], [], {}
    for text in texts:
        words = WORD.findall(text.lower())
        words.extend([""] * (WORDS - len(words)))
        counts.append(len(words))
        numbers.extend([seen.setdefault(w, len(seen)) for w in words])
    tokens = numpy.array(numbers, dtype=numpy.uint64)
    mixed = numpy.zeros(len(tokens) - WORDS + 1, dtype=numpy.uint64)
    for k in range(WORDS):
        mixed = (mixed ^ tokens[k:len(tokens) - WORDS + 1 + k]) * numpy.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> numpy.uint64(29)
    ends = numpy.cumsum(numpy.array(counts))
    keep = numpy.ones(len(tokens), dtype=bool)
    for k in range(1, WORDS):
        keep[ends - k] = False  # shingles that would run into the next text
    offsets = numpy.concatenate(([0], numpy.cumsum(numpy.array(counts) - (WORDS - 1))))
    return mixed[keep[:len(mixed)]], offsets


def rensa_flags(texts, phase):
    """Its leanest entry that looks at every shingle, fed from numpy; it tells no partner."""
    import numpy
    from rensa import RMinHash, RMinHashLSH
    hashes, offsets = word_numbers(texts)
    phase.done("shingles")
    matrix = RMinHash.digest_matrix_from_flat_token_hashes(hashes, offsets.astype(numpy.uint64),
                                                           VALUES, 42)
    phase.done("sketch")
    index = RMinHashLSH(THRESHOLD, VALUES, BANDS)
    for a, copy in enumerate(index.query_duplicate_flags_matrix_one_shot(matrix)):
        if copy:
            yield a, None


def rensa_rho(texts, phase):
    """The path its own benchmark times: it samples some 15 shingles of a text."""
    import numpy
    from rensa import RMinHash, RMinHashLSH
    hashes, offsets = word_numbers(texts)
    phase.done("shingles")
    matrix = RMinHash.digest_matrix_from_flat_token_hashes_rho(
        hashes, offsets.astype(numpy.uint64), VALUES, 42)
    phase.done("sketch")
    index = RMinHashLSH(THRESHOLD, VALUES, BANDS)
    for a, copy in enumerate(index.query_duplicate_flags_matrix_one_shot(matrix)):
        if copy:
            yield a, None


def datasketch(texts, phase, **options):
    from datasketch import MinHash, MinHashLSH
    phase.done("import")
    sets = [shingles(t, b" ") for t in texts]
    phase.done("shingles")
    sketches = MinHash.bulk(sets, num_perm=VALUES, **options)
    del sets
    phase.done("sketch")
    index = MinHashLSH(threshold=THRESHOLD, num_perm=VALUES, params=(BANDS, ROWS))
    for number, sketch in enumerate(sketches):
        index.insert(number, sketch, check_duplication=False)
    phase.done("insert")
    for a, sketch in enumerate(sketches):
        for b in index.query(sketch):
            if a < b and sketch.jaccard(sketches[b]) >= THRESHOLD:
                yield a, b


def datasketch_xxh(texts, phase):
    """As datasketch's manual advises where speed counts: a fast hash in SHA-1's place."""
    import xxhash
    return datasketch(texts, phase, hashfunc=xxhash.xxh32_intdigest)


PEERS = {"gaoya": gaoya, "rensa": rensa, "rensa-flags": rensa_flags, "rensa-rho": rensa_rho,
         "datasketch": datasketch, "datasketch-xxh": datasketch_xxh}


def main():
    name, threads, articles, result = sys.argv[1:]
    os.environ["RAYON_NUM_THREADS"] = threads
    phase = Phases()
    ids, texts = load(articles)
    phase.done("load")
    with open(result, "w", encoding="utf-8") as to:
        for a, b in PEERS[name](texts, phase):
            to.write('{"copy":"%s"}\n' % ids[a] if b is None
                     else '{"a":"%s","b":"%s"}\n' % (ids[a], ids[b]))
    phase.done("pairs")
    # The interpreter would spend a while on freeing what is about to go anyway.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


main()
