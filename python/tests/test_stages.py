"""The operators behind twicetold.spark, their rows brought together by hand: the pairs are those of a scan."""

import json
from collections import defaultdict

import pytest
import twicetold
from conftest import FEED, need
from twicetold import _core

pyarrow = need("pyarrow")
TYPES = {"long": pyarrow.int64(), "int": pyarrow.int32(), "double": pyarrow.float64()}


class Exported:
    def __init__(self, capsules):
        self.capsules = capsules

    def __arrow_c_array__(self, requested_schema=None):
        return self.capsules


def schema_of(declared):
    fields = [c.split(" ") for c in declared.split(", ")]
    kinds = {"string": pyarrow.string(), "binary": pyarrow.binary(), **TYPES}
    return pyarrow.schema([(name, kinds[kind]) for name, kind in fields])


def run(name, rows, options=None, size=1000, **settings):
    """The rows that an operator gives for these, in batches of `size`."""
    schema = schema_of(_core.stage_columns(name)[0])
    stage = _core.Stage(name, options or {}, **settings)
    out = []
    for begin in range(0, len(rows), size):
        columns = list(zip(*rows[begin : begin + size]))
        arrays = [pyarrow.array(c, f.type) for c, f in zip(columns, schema)]
        batch = pyarrow.RecordBatch.from_arrays(arrays, schema=schema)
        out.append(stage.push(*batch.__arrow_c_array__()))
    out.append(stage.finish())
    found = []
    for capsules in out:
        if capsules is not None:
            found.extend(pyarrow.array(Exported(capsules)).to_pylist())
    return found


def values(rows, *names):
    return [tuple(r[n] for n in names) for r in rows]


def candidates_of(sketches, wants):
    """Adds to `wants` what the buckets, seeds and paragraphs propose."""
    buckets = run("bands", values(sketches, "n", "bands"))
    signatures = {r["n"]: r["signature"] for r in sketches}
    compared = run("buckets", sorted(values(buckets, "bucket", "n")), size=7)
    met = {(r["a"], r["b"]) for r in compared if r["a"] != r["b"]}
    close = run("distances", [(a, b, signatures[a], signatures[b]) for a, b in sorted(met)])
    close.sort(key=lambda r: (r["b"], r["distance"], r["a"]))
    for r in run("top_k", values(close, "b", "a", "distance"), size=7):
        wants[r["a"], r["b"]] |= r["want"]

    partitions = _core.seed_partitions(sum(r["tokens"] for r in sketches))
    seeds = values(sketches, "n", "seeds")
    packed = run("first_postings", seeds, partitions=partitions, bits=2)  # 4 buckets, packed more than once
    assert len(packed) > 4
    linked = run("earlier_postings", sorted(values(packed, "bucket", "postings")), size=3)
    postings = [r for r in linked if not r["frequent"]]
    frequent = {r["seed"]: r["earlier"] for r in linked if r["frequent"]}
    for r in run("postings", seeds, partitions=partitions):
        if r["seed"] in frequent:
            postings.append({**r, "earlier": frequent[r["seed"]]})
    postings = sorted(values(postings, "n", "position", "seed_count", "earlier"))
    for r in run("seed_counts", postings, size=777):
        wants[r["a"], r["b"]] |= r["want"]

    stars = defaultdict(list)
    for r in run("paragraphs", values(sketches, "n", "long_paragraphs")):
        stars[r["low"]].append(r)
    near = defaultdict(list)
    for star in stars.values():
        for r in star[1:]:
            wants[star[0]["n"], r["n"]] |= 2
        for band in range(4):
            if star[0][f"key{band}"]:
                near[band, star[0][f"key{band}"]].append(star[0]["n"])
    for star in near.values():
        for n in star[1:]:
            wants[star[0], n] |= 2


def test_the_pairs_of_the_feed():
    with open(FEED, encoding="utf-8") as f:
        articles = [json.loads(line) for line in f]
    rows = run("sketch", [(n, a["text"], None) for n, a in enumerate(articles)], options={"find": 7}, size=50)
    assert [r["status"] for r in rows] == [0] * len(articles)
    firsts = {}
    for r in rows:
        firsts.setdefault((r["low"], r["high"]), r)
    wants = defaultdict(int)
    candidates_of(list(firsts.values()), wants)
    tokens = {r["n"]: (r["hashes"], r["flags"]) for r in run("tokens", [(n, a["text"]) for n, a in enumerate(articles)])}
    no_time = -(2**63)
    looked_at = [(a, b, want, *tokens[a], no_time, *tokens[b], no_time) for (a, b), want in wants.items() if want]
    found = {}
    for r in run("verify", looked_at, options={"find": 7}, size=100):
        if r["relation"] >= 0:
            found[articles[r["a"]]["id"], articles[r["b"]]["id"]] = r
    scan = twicetold.scan(FEED, series=True, pairs=True, clusters=True, sections=True)
    wanted = {(p["a"], p["b"]): p for p in scan.pairs}
    assert set(found) <= set(wanted)
    names = ("identical", "near", "contains", "contained", "series")
    for key, r in found.items():
        assert names[r["relation"]] == wanted[key]["relation"]
        for name in ("resemblance", "containment_a", "containment_b", "overlap_a", "overlap_b", "facts"):
            assert r[name] == wanted[key][name]
    # The rest are copies of the same tokens, and pairs that clustering asks for.
    first = {articles[r["n"]]["id"] for r in firsts.values()}
    rest = [k for k in set(wanted) - set(found) if k[0] in first and k[1] in first]
    assert len(rest) < 0.05 * len(wanted)


def test_a_filter_of_seeds():
    with open(FEED, encoding="utf-8") as f:
        articles = [(n, json.loads(line)["text"], None) for n, line in zip(range(20), f)]
    sketches = values(run("sketch", articles), "n", "seeds")
    seeds = run("postings", sketches, partitions=1)
    wanted = {r["seed"] for r in seeds[::50]}
    bits = run("seed_filter", [(seed,) for seed in wanted], bits=14)[0]["filter"]
    passed = run("postings", sketches, partitions=1, filter=bits)
    assert [r for r in passed if r["seed"] in wanted] == [r for r in seeds if r["seed"] in wanted]
    assert 0 < len(passed) < len(seeds) / 4
    assert run("postings", sketches, partitions=1, filter=bytes(8)) == []
    with pytest.raises(twicetold.InvalidError, match="0 bits of buckets"):
        _core.Stage("first_postings", {})
    with pytest.raises(twicetold.InvalidError, match="a filter of 3 bytes"):
        _core.Stage("postings", {}, filter=b"abc")


def test_a_stage_says_what_is_wrong():
    with pytest.raises(twicetold.InvalidError, match='no stage "sketches"'):
        _core.Stage("sketches", {})
    batch = pyarrow.RecordBatch.from_pydict({"n": pyarrow.array([1], pyarrow.int32())})
    stage = _core.Stage("bands", {})
    with pytest.raises(twicetold.InvalidError, match='column "n" has the Arrow format "i"'):
        stage.push(*batch.__arrow_c_array__())
