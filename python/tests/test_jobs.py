"""What users do with the results: one set against another, tests taken out of training text, copies noted in columns,
repeated passages cut, articles shown."""

import json
import subprocess

import pytest
from conftest import FEED, GOLD, PAYWALL, command, need, paywall_page

import twicetold

# ---- One set against another -----------------------------------------------------------------------


def between(result, a, b):
    """The pairs of a scan of both sets that have one article in each, as (of b, of a)."""
    ids = [{x["id"] for x in side} for side in (a, b)]
    both = {(p["b"], p["a"]) for p in result.pairs} | {(p["a"], p["b"]) for p in result.pairs}
    return {(x, y) for x, y in both if x in ids[1] and y in ids[0]}


def test_match_finds_the_pairs_between_two_sets(articles, tmp_path):
    a, b = articles[:200], articles[200:]
    wanted = between(twicetold.scan(articles, series=True), a, b)
    found = twicetold.match(b, against=a)
    assert {(m["id"], m["of"]) for m in found if m["admitted"]} == wanted and len(wanted) > 50
    texts = {x["id"]: x["text"].encode() for x in articles}
    for m in found:
        for p in m["passages"]:
            assert p["end"] <= len(texts[m["id"]]) and p["of_end"] <= len(texts[m["of"]])
    assert found.rejected == [] and len(found) == len(list(found))
    with twicetold.Index(tmp_path / "a.db") as index:
        index.add(a, verdicts=False)
        there = list(twicetold.match(b, index))
    assert list(twicetold.match(b, tmp_path / "a.db")) == there
    assert {(m["id"], m["of"]) for m in there} <= {(m["id"], m["of"]) for m in found}


def test_match_names_every_partner(articles):
    """Also those that have the same words, and the ids of rows."""
    text = articles[0]["text"]
    a = [{"id": i, "text": text if i % 2 else text + " "} for i in range(100)]
    found = twicetold.match([{"id": 7, "text": text}], against=a)
    assert sorted(m["of"] for m in found) == list(range(100)) == sorted(found["of"]) and len(found) == 100
    assert {m["relation"] for m in found} == {"identical"}
    pa = need("pyarrow")
    assert found.to_arrow().schema.field("of").type == pa.int64() and found.to_arrow().num_rows == 100
    assert [m["of"] for m in twicetold.match([{"text": text}], against=[{"text": "other"}, {"text": text}])] == [1]
    with pytest.raises(twicetold.DuplicateError, match="1 of 2 articles to compare with have an id"):
        twicetold.match(a, against=[{"id": 1, "text": "a"}, {"id": 1, "text": "b"}])
    assert len(twicetold.match(a, against=[])) == 0


def test_decontaminate_finds_short_tests_embedded_and_wrapped(articles):
    pd = need("pandas")
    words = articles[3]["text"].split()
    question = words[10:25]
    page = "Quiz of the week. Here is one more.\n" + "\n  ".join(" ".join(question[i : i + 4]) for i in range(0, 15, 4))
    train = [{"id": f"t{i}", "text": a["text"]} for i, a in enumerate(articles[5:60])]
    train.append({"id": "quiz", "text": articles[100]["text"] + "\n\n" + page + "\n\n" + articles[101]["text"]})
    tests = {
        "in": [{"id": "q1", "text": " ".join(question)}],
        "out": [{"id": "q2", "text": "which of the following seven birds was never seen by anyone on the island of Sarn"}],
    }
    out = twicetold.decontaminate(train, tests)
    assert out.counts == {"in": {"tests": 1, "found": 1}, "out": {"tests": 1, "found": 0}}
    assert {h["article"] for h in out.hits} >= {"quiz"} and all(h["test"] == "q1" and h["set"] == "in" for h in out.hits)
    gone = {h["article"] for h in out.hits}
    assert [a["id"] for a in out.kept] == [a["id"] for a in train if a["id"] not in gone]
    hit = next(h for h in out.hits if h["article"] == "quiz")
    place = train[-1]["text"].encode()[hit["begin"] : hit["end"]].decode()
    assert place.split() == question and hit["share"] == 1.0
    kept = twicetold.decontaminate(pd.DataFrame(train), tests["in"]).kept
    assert isinstance(kept, pd.DataFrame) and len(kept) == len(out.kept)


# ---- Columns, cuts ---------------------------------------------------------------------------------


def test_annotate_notes_what_dedup_does(articles):
    pa, pl, pd = need("pyarrow"), need("polars"), need("pandas")
    datasets = need("datasets")
    plain = [{"id": a["id"], "text": a["text"]} for a in articles] + [{"id": "none", "text": None}]
    noted = twicetold.annotate(plain)
    with pytest.warns(UserWarning):
        kept, removed = twicetold.dedup(plain, removed=True)
    assert [{"id": a["id"], "text": a["text"]} for a in noted if a["keep"]] == kept
    assert {(a["id"], a["of"], a["relation"]) for a in noted if not a["keep"]} == {(r["id"], r["kept"], r["relation"]) for r in removed}
    assert noted[-1]["rejected"] == "no text" and noted[-1]["repeated"] is None
    clusters = {m: c["keep"] for c in twicetold.scan(plain).clusters for m in c["members"]}
    assert {a["id"]: a["cluster"] for a in noted if a["cluster"] is not None} == clusters
    assert 0 < max(a["repeated"] or 0 for a in noted) <= 1
    frames = [pa.Table.from_pylist(plain), pl.DataFrame(plain), pd.DataFrame(plain), datasets.Dataset.from_list(plain), pl.LazyFrame(plain)]
    for frame in frames:
        out = twicetold.annotate(frame)
        assert type(out) is type(frame)
        out = out.collect() if isinstance(out, pl.LazyFrame) else out
        assert list(out["keep"]) == [a["keep"] for a in noted] or out["keep"].to_pylist() == [a["keep"] for a in noted]
    assert [a["keep"] for a in twicetold.annotate(FEED)] == [a["keep"] for a in noted[:-1]]
    numbered = [dict(a, id=n) for n, a in enumerate(plain)]
    of = {n: a["of"] for n, a in enumerate(twicetold.annotate(numbered)) if a["of"] is not None}
    assert {plain[n]["id"]: plain[other]["id"] for n, other in of.items()} == {r["id"]: r["kept"] for r in removed}
    out = twicetold.annotate(pd.DataFrame(numbered))
    assert str(out["of"].dtype) == str(out["cluster"].dtype) == "Int64" and dict(out["of"].dropna()) == of
    assert twicetold.annotate(pl.DataFrame(numbered)).schema["of"] == pl.Int64


def test_a_series_of_texts_and_a_frame_without_rows(articles):
    pl, pd = need("polars"), need("pandas")
    texts = [a["text"] for a in articles]
    kept = [a["text"] for a in twicetold.dedup(articles)]
    shorter = [a["text"] for a in twicetold.strip(articles).articles]
    for series in (pl.Series("body", texts), pd.Series(texts, name="body", index=range(7, 7 + len(texts)))):
        assert list(twicetold.dedup(series)) == kept
        out = twicetold.strip(series).articles
        assert type(out) is type(series) and out.name == "body" and list(out) == shorter
        noted = twicetold.annotate(series)
        assert list(noted.columns)[:2] == ["body", "cluster"] and list(noted["body"][noted["keep"]] if isinstance(series, pd.Series) else noted.filter("keep")["body"]) == kept
    for frame in (pd.DataFrame(articles)[:0], pl.DataFrame(articles)[:0]):
        assert twicetold.dedup(frame).shape == frame.shape
    with pytest.raises(twicetold.InvalidError, match="text: strip takes one field"):
        twicetold.strip(articles, text=["title", "text"])


def test_strip_cuts_all_but_the_first(articles):
    pa, pl, pd = need("pyarrow"), need("polars"), need("pandas")
    notice = "This notice, which everyone must print in full, says – naïvely – that nothing above may be relied upon by anybody at all, today or at any later time, whatever was said before it was printed here."
    plain = [{"id": i, "text": f"{' '.join(f'w{i}x{k}' for k in range(50))}\n\n{notice}\n\nlast{i}", "n": i} for i in range(4)]
    out, cut = twicetold.strip(plain, min_section=16)
    assert notice in out[0]["text"] and all(notice not in a["text"] for a in out[1:])
    assert [c["article"] for c in cut] == [1, 2, 3] and all(c["text"].startswith("This notice") for c in cut)
    assert all(a["text"].endswith(f"last{a['id']}") and a["n"] == a["id"] for a in out)
    for c in cut:
        assert plain[c["article"]]["text"].encode()[c["begin"] : c["end"]].decode() == c["text"]
    assert notice not in twicetold.strip(plain, min_section=16, keep="none").articles[0]["text"]
    assert twicetold.strip(plain, min_section=16, min_holders=5).cut == []
    texts = [a["text"] for a in out]
    for frame in (pa.Table.from_pylist(plain), pl.DataFrame(plain), pd.DataFrame(plain)):
        shorter = twicetold.strip(frame, min_section=16).articles
        assert type(shorter) is type(frame) and list(map(str, shorter["text"])) == texts
    twice = [{"id": 1, "text": notice + "\n\nand\n\n" + notice}]
    assert twicetold.strip(twice, min_section=16).cut == []
    assert len(twicetold.strip(twice, min_section=16, min_holders=1).cut) == 1
    assert len(twicetold.strip(twice, min_section=16, sections="within").cut) == 1


@pytest.mark.parametrize("sections", ["all", "notices", "within"])
@pytest.mark.parametrize("path", [FEED, PAYWALL], ids=["feed", "paywall"])
def test_strip_of_files_is_dedup_with_sections(sections, path, tmp_path):
    shorter, cut = twicetold.strip(path, sections=sections)
    kept, removed = tmp_path / "kept.jsonl", tmp_path / "removed.jsonl"
    command("dedup", "-q", path, "--sections", sections, "-o", kept, "--removed", removed)
    read = [[json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()] for file in (kept, removed)]
    assert read[0] == shorter
    assert read[1] == [{"id": c["article"], **{k: c[k] for k in ("begin", "end", "section", "text")}} for c in cut]


def test_notices_given_are_those_of_all_jobs(tmp_path):
    """A page that has nothing but the notice is no copy, and its notice is cut, though nothing here teaches that."""
    articles, page = paywall_page()
    twicetold.scan(PAYWALL).write(tmp_path / "list")
    both = [articles[0], page]
    assert not twicetold.strip(both, sections="notices").cut
    assert [c["article"] for c in twicetold.strip(both, sections="notices", notices=tmp_path / "list").cut] == ["page"]
    assert all(a["keep"] for a in twicetold.annotate([*articles, page], notices=tmp_path / "list"))
    assert len(twicetold.dedup(both, notices=tmp_path / "list")) == 2


# ---- Shown -----------------------------------------------------------------------------------------


def test_texts_of_sections_and_two_articles_beside_each_other(articles, tmp_path):
    texts = {a["id"]: a["text"] for a in articles}
    for given in (articles, FEED):
        result = twicetold.scan(given)
        for row, text in zip(result.sections, result.sections.text()):
            first = row["occurrences"][0]
            assert text["text"] == texts[first["article"]].encode()[first["begin"] : first["end"]].decode()
            assert text["count"] == len(row["occurrences"])
        pair = next(p for p in result.pairs if p["conflicts"] and p["relation"] == "near")
        shown = result.show(pair["a"], pair["b"])
        assert shown.passages and shown.differences and {d["kind"] for d in shown.differences} <= {"numeral", "date", "name"}
        page = shown._repr_html_()
        assert "<mark" in page and pair["a"] in page and "<u " in page
        assert pair["b"] in repr(shown)
        with pytest.raises(twicetold.InvalidError, match="there is no article 'nobody'"):
            result.show("nobody", pair["b"])
        result.report(tmp_path / "page.html")
        assert "<html" in (tmp_path / "page.html").read_text()[:2000].lower()
    stream = twicetold.scan(iter(articles))
    with pytest.raises(twicetold.InvalidError, match="were read from a stream; give them again"):
        stream.sections.text()
    assert stream.sections.text(articles) == twicetold.scan(articles).sections.text()


def test_a_table_is_looked_into(articles):
    pairs = twicetold.scan(articles).pairs
    rows = list(pairs)
    assert pairs[0] == rows[0] and pairs[-1] == rows[-1] and pairs[1:4] == rows[1:4] and pairs[::-1] == rows[::-1]
    assert pairs["a"] == [r["a"] for r in rows] and pairs.head() == rows[:5] and pairs.head(2) == rows[:2]
    need("pyarrow")
    assert pairs.schema.names == pairs.columns
    with pytest.raises(IndexError, match=f"row {len(rows)} of {len(rows)}"):
        pairs[len(rows)]
    with pytest.raises(KeyError, match="the columns are 'a', 'b'"):
        pairs["c"]


def test_evaluate_and_tune(articles, tmp_path):
    result = twicetold.scan(FEED)
    assert twicetold.evaluate(result, GOLD)["pairs"]["f1"] > 0.9
    result.write(tmp_path / "r.jsonl")
    with pytest.warns(DeprecationWarning, match="evaluate"):
        assert twicetold.eval(tmp_path / "r.jsonl", GOLD) == twicetold.evaluate(result, GOLD)
    assert twicetold.tune(resemblance=0.8) == json.loads(command("tune", "--json", "--resemblance", "0.8", stderr=subprocess.DEVNULL))
    assert twicetold.tune(FEED)["articles"] > 0


# ---- The index -------------------------------------------------------------------------------------


def test_all_matches_of_a_query(articles, tmp_path):
    for path in (None, tmp_path / "x.db"):
        with twicetold.Index(path) as index:
            index.add(articles, verdicts=False)
            found = index.query(articles, all=True)
            others = index.query(articles, all=True, exclude_self=True)
            assert len(found) > len(others) and all(m["id"] != m["of"] for m in others)
            assert [m for m in found if m["id"] != m["of"]] == list(others)
            by_id = {m["id"] for m in found}
            assert all(v["id"] in by_id for v in index.query(articles) if v["verdict"] == "duplicate")
            with pytest.raises(twicetold.InvalidError, match="exclude_self"):
                index.query(articles, exclude_self=True)


def test_a_query_does_not_wait_for_an_add(articles, tmp_path):
    import threading
    import time

    with twicetold.Index(tmp_path / "x.db") as index:
        index.add(articles)
        index.query(articles[:1])
        holds, go_on = threading.Event(), threading.Event()

        def slow():
            yield {"id": "new", "text": "a text that is new"}
            holds.set()
            go_on.wait(20)

        writer = threading.Thread(target=lambda: index.add(slow()))
        writer.start()
        holds.wait(20)
        began = time.perf_counter()
        assert index.query(articles[:1])[0]["verdict"] == "duplicate"
        assert time.perf_counter() - began < 10 and writer.is_alive()
        go_on.set()
        writer.join()


# ---- datatrove -------------------------------------------------------------------------------------


def test_a_step_of_datatrove(articles):
    need("datatrove")
    from datatrove.data import Document

    from twicetold.datatrove import Dedup

    class Writer(list):
        """What the step needs of a DiskWriter; those of datatrove want more packages."""

        def __enter__(self):
            return self

        def __exit__(self, *reason):
            self.append("closed")

        def write(self, document, rank):
            self.append(document)

    many = [dict(a, id=f"{n}-{a['id']}", text=f"{a['text']} Number {n}.") for n in range(7) for a in articles][:2000]
    documents = [Document(text=a["text"], id=a["id"], metadata={"source": a["source"]}) for a in many]
    removed = Writer()
    step = Dedup(removed=removed, keep="first")
    kept = list(step.run(iter(documents)))
    wanted, gone = twicetold.dedup([{"id": a["id"], "text": a["text"]} for a in many], keep="first", removed=True)
    assert len(documents) == 2000 and [d.id for d in kept] == [a["id"] for a in wanted] and kept[0].metadata == {"source": kept[0].metadata["source"]}
    assert removed.pop() == "closed"
    assert [(d.id, d.metadata["kept"], d.metadata["relation"]) for d in removed] == [(r["id"], r["kept"], r["relation"]) for r in gone]
    assert list(Dedup().run(iter([]))) == []
