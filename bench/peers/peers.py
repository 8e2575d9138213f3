#!/usr/bin/env python3
"""One run of one peer: reads JSON Lines, writes the pairs it finds as JSON Lines.

    peers.py NAME THREADS ARTICLES.jsonl RESULT.jsonl

Runs in the virtual environment that bench/peers/run makes. Every peer does the same job: shingles
of five lower-cased runs of \\w, 128 values, 16 bands of 8, pairs whose estimated resemblance is 0.7
or more, {"a":ID,"b":ID} on each line. Each uses the fastest documented path that names both
articles of a pair; "flags" paths, which only say that an article has a copy, write {"copy":ID}
lines. The CPU seconds of each phase go to standard error.
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


# ---- the peers: a generator of pairs of ordinals, (a, None) for a flag ---------------------------

def gaoya(texts, phase):
    """The index has no self-join: every text is sketched once for insertion and once for the query."""
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
    """R-MinHash over all shingles, with rensa's LSH and estimate."""
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
    """All shingles of all texts as one array of 64-bit hashes, and the beginning of each text in it."""
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
        keep[ends - k] = False  # without shingles that extend into the next text
    offsets = numpy.concatenate(([0], numpy.cumsum(numpy.array(counts) - (WORDS - 1))))
    return mixed[keep[:len(mixed)]], offsets


def rensa_flags(texts, phase):
    """The leanest function that uses every shingle, fed from numpy. It does not name the other article."""
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
    """The path that rensa's benchmark times: it samples about 15 shingles of a text."""
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
    """With a fast hash instead of SHA-1, as the manual of datasketch advises for speed."""
    import xxhash
    return datasketch(texts, phase, hashfunc=xxhash.xxh32_intdigest)


def datatrove(texts, phase):
    """Its steps on local files, with a word tokenizer of one regular expression, for its own are
    five times slower. It knows clusters and verifies none: all pairs of a cluster are its pairs."""
    import struct
    import tempfile

    from datatrove.data import Document
    from datatrove.pipeline.dedup import MinhashDedupBuckets, MinhashDedupCluster
    from datatrove.pipeline.dedup.minhash import MinhashConfig, MinhashDedupSignature
    from datatrove.utils.logging import logger
    from datatrove.utils.word_tokenizers import WordTokenizer

    class Split(WordTokenizer):
        def word_tokenize(self, text):
            return WORD.findall(text)

        def sent_tokenize(self, text):
            return [text]

        def span_tokenize(self, text):
            return [(0, len(text))]

    logger.remove()
    phase.done("import")
    config = MinhashConfig(n_grams=WORDS, num_buckets=BANDS, hashes_per_bucket=ROWS)
    with tempfile.TemporaryDirectory() as folder:
        documents = (Document(text=t, id=str(i)) for i, t in enumerate(texts))
        MinhashDedupSignature(folder + "/signatures", config, Split()).run(documents, 0, 1)
        phase.done("signatures")
        for rank in range(BANDS):
            MinhashDedupBuckets(folder + "/signatures", folder + "/buckets", config=config).run(
                None, rank, BANDS)
        phase.done("buckets")
        MinhashDedupCluster(folder + "/buckets", folder + "/clusters", config,
                            save_cluster_id=True).run(None, 0, 1)
        clusters = {}
        with open(folder + "/clusters/000000.clusters", "rb") as data:
            for number, cluster in struct.iter_unpack("<2I", data.read()):
                clusters.setdefault(cluster, []).append(number)
    for members in clusters.values():
        for i, a in enumerate(members):
            for b in members[i + 1:]:
                yield a, b


TEXT_DEDUP = """
[input]
input_type = "local_files"
file_type = "json"
[input.read_arguments]
path = "json"
data_files = "texts.jsonl"
split = "train"
[algorithm]
algorithm_name = "minhash"
text_column = "text"
num_perm = {values}
bands = {bands}
rows = {rows}
threshold = {threshold}
ngram_size = {words}
num_proc = {threads}
check_false_positive = true
[output]
output_dir = "output"
save_clusters = true
[debug]
enable_profiling = false
"""


def text_dedup(texts, phase):
    """Its command on a local file. It verifies its candidates, but lists clusters: all pairs of a
    cluster are its pairs."""
    import json
    import pickle
    import tempfile
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        os.environ.update(HF_HOME=folder, HF_HUB_OFFLINE="1", HF_DATASETS_OFFLINE="1")
        with open("config.toml", "w", encoding="utf-8") as to:
            to.write(TEXT_DEDUP.format(values=VALUES, bands=BANDS, rows=ROWS, words=WORDS,
                                       threshold=THRESHOLD, threads=sys.argv[2]))
        with open("texts.jsonl", "w", encoding="utf-8") as to:
            to.writelines(json.dumps({"text": t}) + "\n" for t in texts)
        from text_dedup.config.base import Config
        from text_dedup.minhash import main as run
        phase.done("import")
        run(Config())
        with open("output/clusters.pickle", "rb") as data:
            parents = pickle.load(data)
        os.chdir("/")
    clusters = {}
    for number, cluster in parents.items():
        clusters.setdefault(cluster, []).append(number)
    for members in clusters.values():
        members.sort()
        for i, a in enumerate(members):
            for b in members[i + 1:]:
                yield a, b


PEERS = {"gaoya": gaoya, "rensa": rensa, "rensa-flags": rensa_flags, "rensa-rho": rensa_rho,
         "datasketch": datasketch, "datasketch-xxh": datasketch_xxh,
         "datatrove": datatrove, "text-dedup": text_dedup}


def main():
    name, threads, articles, result = sys.argv[1:]
    result = os.path.abspath(result)
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


if __name__ == "__main__":
    main()
