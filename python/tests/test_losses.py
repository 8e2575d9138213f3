"""Nothing is lost in silence: what cannot be read or compared is kept and told, or is an error; batches, folders and
fields of every form are read; ids keep their type."""

import datetime
import gzip
import io
import json
import pathlib
import shutil
import subprocess
import sys
import threading
import uuid
import warnings

import pytest
from conftest import FEED, everything, need

import twicetold

WORDS = [f"word{i}" for i in range(20000)]
HERE = pathlib.Path(__file__).parent


def text(n):
    """Texts that share no word."""
    return " ".join(WORDS[n * 40 : (n + 1) * 40])


@pytest.fixture
def rows():
    """Six articles, of which the second half repeats the first."""
    return [{"id": i, "text": text(i % 3), "extra": f"x{i}"} for i in range(6)]


# ---- Articles that cannot be compared --------------------------------------------------------------


def test_a_row_s_name_is_never_another_row_s_id():
    pa, pd, pl = need("pyarrow"), need("pandas"), need("polars")
    texts = [text(0), text(1), text(2)]
    rows = [{"id": 5, "text": texts[0]}, {"text": texts[1]}, {"id": 1, "text": texts[2]}]
    assert twicetold.dedup(rows) == rows
    assert twicetold.dedup(iter([{"text": texts[0]}, {"id": 0, "text": texts[1]}])) == [
        {"text": texts[0]},
        {"id": 0, "text": texts[1]},
    ]
    assert len(twicetold.dedup(pd.DataFrame({"id": pd.array([5, None, 1], dtype="Int64"), "text": texts}))) == 3
    assert len(twicetold.dedup(pd.DataFrame({"id": [5, None, 1], "text": texts}))) == 3  # floats
    assert len(twicetold.dedup(pl.DataFrame({"id": [5, None, 1], "text": texts}))) == 3
    result = twicetold.scan(pa.table({"id": [1, None, 3], "text": [text(0)] * 3}))
    assert result.rejected == [] and [(p["a"], p["b"]) for p in result.pairs] == [("1", "row 1"), ("1", "3")]
    with pytest.raises(twicetold.DuplicateError, match="rows 0 and 1 have the same id, row 0"):
        twicetold.dedup(iter([{"text": texts[0]}, {"id": "row 0", "text": texts[1]}]))


def test_ids_that_are_not_unique_are_an_error_that_says_what_to_do(tmp_path):
    pd = need("pandas")
    shards = [{"id": i % 100, "text": text(i)} for i in range(200)]
    for call in (twicetold.scan, twicetold.dedup):
        with pytest.raises(twicetold.DuplicateError, match="rows 0 and 100 have the same id, 0; with id=None") as caught:
            call(iter(shards))
        assert caught.value.where == 100
    assert len(twicetold.dedup(shards, id=None)) == 200
    path = tmp_path / "shards.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in shards))
    with pytest.raises(twicetold.DuplicateError, match=r"records 0 and 100 \(.*shards.jsonl:101\) have the same id, 0"):
        twicetold.dedup(path)
    assert len(twicetold.dedup(path, id=None)) == 200
    with pytest.raises(twicetold.DuplicateError):
        twicetold.dedup(pd.DataFrame({"id": ["p", "q", "q"], "text": [text(0), text(1), text(2)]}))


def test_two_shards_that_are_numbered_alike(tmp_path):
    pa, pq = need("pyarrow"), need("pyarrow.parquet")
    for s in (0, 1):
        pq.write_table(
            pa.table({"id": list(range(100)), "text": [text(s * 100 + i) for i in range(100)]}), tmp_path / f"{s}.parquet"
        )
    with pytest.raises(twicetold.DuplicateError, match="rows 0 and 100"):
        twicetold.dedup(tmp_path)
    kept, removed = twicetold.dedup(tmp_path, id=None, removed=True)
    assert kept.num_rows == 200 and len(removed) == 0


def test_a_row_without_text_keeps_its_other_columns():
    pd = need("pandas")
    frame = pd.DataFrame({"id": [1, 2, 3], "text": [text(0), None, text(0)], "image": ["x.png", "y.png", "z.png"]})
    with pytest.warns(UserWarning, match="1 of 3 articles were rejected.*row 1: no text"):
        kept, removed = twicetold.dedup(frame, removed=True)
    assert kept["image"].tolist() == ["x.png", "y.png"] and [r["id"] for r in removed] == [3]
    assert [(r["row"], r["reason"]) for r in removed.rejected] == [(1, "no text")]
    with pytest.raises(twicetold.FormatError, match="all articles were rejected"):
        twicetold.dedup(pd.DataFrame({"id": [1], "text": pd.Series([None], dtype="string")}))


def test_ids_of_every_type():
    a = [{"id": uuid.UUID(int=i), "text": text(0)} for i in range(3)]
    kept, removed = twicetold.dedup(a, removed=True)
    assert kept == a[:1] and [r["id"] for r in removed] == [str(a[1]["id"]), str(a[2]["id"])]
    assert [p["b"] for p in twicetold.scan([{"id": 1.0, "text": text(0)}, {"id": 2.0, "text": text(0)}]).pairs] == [2]
    rejected = twicetold.scan([{"id": True, "text": text(0)}, {"id": 1.5, "text": text(1)}, {"id": (), "text": text(2)}])
    assert [r["reason"] for r in rejected.rejected] == [
        "id is true or false; a string or a whole number is needed",
        "id is not a whole number",
        "id is neither a string nor a whole number",
    ]
    pa = need("pyarrow")
    with pytest.raises(twicetold.InvalidError, match='column "id" has true or false .*; text or whole numbers is needed'):
        twicetold.scan(pa.table({"id": [True], "text": ["a"]}))
    ids = pa.array([uuid.UUID(int=i).bytes for i in range(2)], pa.binary(16))
    assert [p["b"] for p in twicetold.scan(pa.table({"id": ids, "text": [text(0)] * 2})).pairs] == [str(uuid.UUID(int=1))]
    result = twicetold.scan(pa.table({"id": [1.0, 2.5], "text": [text(0)] * 2}))
    assert [r["reason"] for r in result.rejected] == ["id is not a whole number"]


@pytest.mark.parametrize("kind", ["int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "float32", "float64", "string"])
@pytest.mark.parametrize("count", [0, 1, 3])
def test_ids_keep_their_type(kind, count):
    pa = need("pyarrow")
    ids = pa.array(range(count)).cast(kind)
    table = pa.table({"id": ids, "text": pa.array([text(0)] * count, pa.string())})
    result = twicetold.scan(table)
    for found, column in ((result.pairs, "a"), (result.removed, "id"), (result.clusters, "keep")):
        got = found.to_arrow()
        assert got.schema.field(column).type == kind
        assert len(got) == len(list(found))
    if count == 3:
        assert result.pairs.to_arrow()["b"].to_pylist() == ids.to_pylist()[1:] == [p["b"] for p in result.pairs]
        assert result.clusters.to_arrow()["members"][0].as_py() == ids.to_pylist()


def test_a_join_with_what_came_in():
    pl = need("polars")
    frame = pl.DataFrame({"id": pl.Series([1, 2], dtype=pl.UInt32), "text": [text(0)] * 2})
    for given, height in ((frame, 1), (frame.head(0), 0)):
        assert given.join(twicetold.scan(given).pairs.to_polars(), left_on="id", right_on="a").height == height


# ---- Fields ----------------------------------------------------------------------------------------


def test_a_field_that_no_record_has(tmp_path, articles):
    pa = need("pyarrow")
    for given in (articles, iter(articles), FEED, pa.Table.from_pylist(articles)):
        for call in (twicetold.scan, twicetold.dedup):
            with pytest.raises(twicetold.InvalidError, match="body.*language.*|body.*title"):
                call(given if given is articles or not hasattr(given, "__next__") else iter(articles), text="body")
    with pytest.raises(twicetold.InvalidError, match="no article has the field 'key'; the fields of the first are"):
        twicetold.scan(articles, id="key")


def test_fields_within_fields_and_several_fields(articles, tmp_path):
    pa, pl = need("pyarrow"), need("polars")
    nested = [{"id": a["id"], "doc": {"body": a["text"], "title": a["title"]}} for a in articles]
    both = [{"id": a["id"], "title": a["title"], "text": a["text"]} for a in articles]
    paragraphs = [{"id": a["id"], "text": a["text"].split("\n\n")} for a in articles]
    joined = everything(twicetold.scan([{"id": a["id"], "text": a["title"] + "\n\n" + a["text"]} for a in articles]))
    plain = everything(twicetold.scan([{"id": a["id"], "text": a["text"]} for a in articles]))
    tables = pa.Table.from_pylist
    for of in (lambda x: x, iter, tables, lambda x: pl.DataFrame(x)):
        assert everything(twicetold.scan(of(nested), text="doc.body")) == plain
        assert everything(twicetold.scan(of(nested), text=["doc.title", "doc.body"])) == joined
        assert everything(twicetold.scan(of(both), text=["title", "text"])) == joined
        assert everything(twicetold.scan(of(paragraphs))) == plain
    for name, records in (("nested", nested), ("both", both), ("paragraphs", paragraphs)):
        (tmp_path / name).with_suffix(".jsonl").write_text("".join(json.dumps(r) + "\n" for r in records))
    assert everything(twicetold.scan(tmp_path / "nested.jsonl", text=["doc.title", "doc.body"])) == joined
    assert everything(twicetold.scan(tmp_path / "both.jsonl", text=["title", "text"])) == joined
    assert everything(twicetold.scan(tmp_path / "paragraphs.jsonl")) == plain
    kept = twicetold.dedup(tables(both), text=["title", "text"])
    assert kept.column_names == ["id", "title", "text"] and 0 < len(kept) < len(both)
    with pytest.raises(twicetold.InvalidError, match="no article has the field 'doc.text'"):
        twicetold.scan(nested, text="doc.text")
    with pytest.raises(twicetold.InvalidError, match="there is no column 'doc.text'"):
        twicetold.scan(tables(nested), text="doc.text")
    assert len(twicetold.scan([{"title": text(0)}, {"text": text(1)}], text=["title", "text"]).rejected) == 0


def test_passages_of_joined_fields_are_found_in_their_fields(tmp_path):
    pa = need("pyarrow")
    title = " ".join(WORDS[:40]) + " – à"
    body = " ".join(WORDS[100:180])
    rows = [
        {"id": 7, "title": title, "kicker": None, "text": " ".join(WORDS[300:320]) + "\n\n" + body},
        {"id": 8, "title": " ".join(WORDS[200:210]), "kicker": "", "text": body + " end"},
        {"id": 9, "title": title, "text": " ".join(WORDS[400:440])},
    ]
    path = tmp_path / "a.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    fields = ["title", "kicker", "text"]
    for given in (rows, pa.Table.from_pylist(rows), path):
        places = twicetold.scan(given, text=fields).sections.places()
        assert {(p["article"], p["column"]) for p in places} == {(7, "title"), (9, "title"), (7, "text"), (8, "text")}
        for p in places:
            row = next(r for r in rows if r["id"] == p["article"])
            passage = row[p["column"]].encode()[p["begin"] : p["end"]].decode()
            assert passage in (title, body), passage
    one = twicetold.scan([{"id": i, "a": " ".join(WORDS[:20]), "b": " ".join(WORDS[20:40])} for i in (1, 2)], text=["a", "b"])
    assert [(p["article"], p["column"]) for p in one.sections.places()] == [(1, "a"), (1, "b"), (2, "a"), (2, "b")]


# ---- Batches ---------------------------------------------------------------------------------------


def test_a_batch_in_an_iterable_is_read_as_a_batch(rows):
    pa, pd, pl = need("pyarrow"), need("pandas"), need("polars")
    frame = pd.DataFrame(rows)
    csv = frame.to_csv(index=False)
    kept = [0, 1, 2]

    def chunks():
        return pd.read_csv(io.StringIO(csv), chunksize=2)

    out = twicetold.dedup(chunks())
    assert type(out) is pd.DataFrame and out["id"].tolist() == kept and out.index.tolist() == kept
    for given in (pa.Table.from_pandas(frame).to_batches(2), [frame[:3], frame[3:]], (f for f in pl.DataFrame(rows).iter_slices(4))):
        out = twicetold.dedup(given)
        assert list(out["id"]) == kept or out["id"].to_pylist() == kept
        assert type(out).__module__.split(".")[0] in ("pyarrow", "pandas", "polars")
    result = twicetold.scan(chunks())
    assert result.rejected == [] and len(result.pairs) == 3
    assert len(twicetold.scan([[], []] and [frame]).pairs) == 3
    with pytest.raises(TypeError, match="a frame or batch was followed by dict"):
        twicetold.scan([frame, {"text": "a"}])
    with twicetold.Index() as index:
        assert index.add(chunks()).counts["duplicate"] == 3


def test_streams_of_other_libraries(rows):
    pa, pl, duckdb = need("pyarrow"), need("polars"), need("duckdb")
    frame = pl.DataFrame(rows)
    assert isinstance(twicetold.dedup(frame.lazy()), pl.LazyFrame)
    assert twicetold.dedup(frame.lazy()).collect()["id"].to_list() == [0, 1, 2]
    assert len(twicetold.scan(frame.lazy().collect_batches()).pairs) == 3
    assert len(twicetold.scan(duckdb.sql("from frame")).pairs) == 3
    assert len(twicetold.scan(duckdb.execute("from frame")).pairs) == 3
    table = pa.Table.from_pylist(rows)
    assert twicetold.dedup(table.to_reader()).num_rows == 3
    import pyarrow.dataset as ds

    assert twicetold.dedup(ds.dataset(table)).num_rows == 3
    assert len(twicetold.scan(ds.dataset(table).scanner().to_reader()).pairs) == 3


def test_texts_alone(rows):
    pa, pd, pl = need("pyarrow"), need("pandas"), need("polars")
    texts = [row["text"] for row in rows]
    for given in (pa.array(texts), pa.chunked_array([texts]), pl.Series(texts), pd.Series(texts), pa.array(texts, pa.string_view())):
        assert [(p["a"], p["b"]) for p in twicetold.scan(given).pairs] == [(0, 3), (1, 4), (2, 5)], type(given)
        assert len(twicetold.dedup(given)) == 3
    assert isinstance(twicetold.dedup(pd.Series(texts)), pd.Series)
    for wrong in (texts, iter(texts), [texts[0] * 20]):
        with pytest.raises(TypeError, match="give texts as mappings"):
            twicetold.scan(wrong)


def test_views_of_strings():
    pa = need("pyarrow")
    table = pa.table({"id": [1, 2, 3], "text": pa.array([text(0), text(0), text(1)], pa.string_view())})

    class Stream:
        def __arrow_c_stream__(self, requested_schema=None):
            return table.__arrow_c_stream__()

    for given in (table, Stream(), iter(table.to_batches())):
        kept = twicetold.dedup(given)
        assert kept["id"].to_pylist() == [1, 3] and kept.schema == table.schema


def test_datasets_of_every_format(rows):
    datasets, pa = need("datasets"), need("pyarrow")
    made = datasets.Dataset.from_list(rows)
    for form in (None, "arrow", "pandas", "polars", "numpy"):
        kept = twicetold.dedup(made.with_format(form))
        assert isinstance(kept, datasets.Dataset) and kept.with_format(None)["id"][:] == [0, 1, 2], form
    kept = twicetold.dedup(made.to_iterable_dataset())
    assert isinstance(kept, datasets.IterableDataset) and [r["id"] for r in kept] == [0, 1, 2]
    splits = datasets.DatasetDict({"train": made.select([0, 1, 2]), "test": made.select([3, 4, 5])})
    assert len(twicetold.scan(splits).pairs) == 3
    kept = twicetold.dedup(splits)
    assert isinstance(kept, datasets.DatasetDict) and {n: len(s) for n, s in kept.items()} == {"train": 3, "test": 0}
    assert twicetold.scan(made.select([])).pairs.to_arrow().schema.field("a").type == pa.int64()


# ---- Folders and files -----------------------------------------------------------------------------


def test_folders_with_partitions_and_files_of_other_formats(tmp_path, rows):
    pa, pq, feather, csv = need("pyarrow"), need("pyarrow.parquet"), need("pyarrow.feather"), need("pyarrow.csv")
    table = pa.Table.from_pylist(rows)
    lake = tmp_path / "lake"
    for day, part in ((1, table[:3]), (2, table[3:])):
        (lake / f"day={day}").mkdir(parents=True)
        pq.write_table(part, lake / f"day={day}" / "a.parquet")
    (lake / "_SUCCESS").write_text("")
    assert len(twicetold.scan(lake).pairs) == 3
    kept = twicetold.dedup(lake)
    assert kept["id"].to_pylist() == [0, 1, 2] and kept["day"].to_pylist() == [1, 1, 1]
    assert len(twicetold.scan(str(lake / "*" / "*.parquet")).pairs) == 3
    assert len(twicetold.scan(str(lake / "**" / "*.parquet")).pairs) == 3
    files = {name: tmp_path / name for name in ("a.parq", "a.PARQUET", "a.arrow", "a.feather", "a.csv", "a.tsv")}
    pq.write_table(table, files["a.parq"])
    pq.write_table(table, files["a.PARQUET"])
    feather.write_feather(table, files["a.arrow"])
    feather.write_feather(table, files["a.feather"])
    csv.write_csv(table, files["a.csv"])
    csv.write_csv(table, files["a.tsv"], csv.WriteOptions(delimiter="\t"))
    for name, path in files.items():
        assert len(twicetold.scan(path).pairs) == 3, name
        kept = twicetold.dedup(path)
        if name.endswith("sv"):
            assert [row["id"] for row in kept] == ["0", "1", "2"], name
        else:
            assert kept["id"].to_pylist() == [0, 1, 2], name
    with pytest.raises(twicetold.InvalidError, match=r"files of several formats \(ipc, parquet\)"):
        twicetold.scan([files["a.arrow"], files["a.parq"]])
    with pytest.raises(twicetold.InvalidError, match=r"files of several formats \(others, parquet\)"):
        twicetold.scan([files["a.csv"], files["a.parq"]])
    for name in ("more.csv", "more.csv.zst"):
        shutil.copy(files["a.csv"], lake / "day=1" / name)
        with pytest.raises(twicetold.InvalidError, match=r"files of several formats \(others, parquet\)"):
            twicetold.scan(lake)
        (lake / "day=1" / name).unlink()
    (lake / "README.md").write_text("About this lake.")
    assert len(twicetold.scan(lake).pairs) == 3


def test_a_folder_or_pattern_that_yields_nothing_is_an_error(tmp_path):
    (tmp_path / "notes.docx").write_text("nothing")
    for call in (twicetold.scan, twicetold.dedup):
        with pytest.raises(twicetold.InputOutputError, match=r"no file in the directories .* of 1 \*\.docx"):
            call(tmp_path)
        with pytest.raises(twicetold.InputOutputError, match="no file matches"):
            call(str(tmp_path / "*.jsonl"))
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(json.dumps({"id": 1, "text": text(0)}).encode()))
    assert twicetold.dedup(str(tmp_path / "*.gz")) == [{"id": 1, "text": text(0)}]


def test_what_is_no_article_is_not_passed_over():
    for articles in ([None], [None, {"id": 1, "text": text(0)}], [{"id": 1, "text": text(0)}, None]):
        for call in (twicetold.scan, twicetold.dedup, twicetold.annotate):
            with pytest.raises(TypeError, match=f"article {articles.index(None)} is not a mapping"):
                call(articles)
    with pytest.raises(twicetold.InvalidError, match="text: give the name of a field"):
        twicetold.scan([{"id": 1, "text": text(0)}], text=0)


def test_the_columns_of_a_dataset_without_the_text_are_listed():
    datasets = need("datasets")
    with pytest.raises(twicetold.InvalidError, match="there is no column 'body'; the columns are 'id', 'words', 'more'"):
        twicetold.scan(datasets.Dataset.from_dict({"id": [1], "words": ["x"], "more": [2]}), text="body")


def test_tables_and_what_is_called_one(tmp_path):
    """By the library's reader, as for the command: an empty cell is no text, and JSON is JSON whatever its name."""
    table = tmp_path / "a.csv"
    table.write_text(f'id,text,n\n1,{text(0)},3\n2,,4\n3,"{text(0)}",5\n4,short\n')
    result = twicetold.scan(table)
    assert result.pairs["b"] == ["3"]
    assert [(r["line"], r["reason"]) for r in result.rejected] == [
        (3, '"text" is empty'), (5, "a row of 2 cells, where the header has 3"),
    ]  # fmt: skip
    with pytest.warns(UserWarning, match="2 of 4 articles were rejected, compared with no other and kept"):
        kept = twicetold.dedup(table)
    assert [(row["id"], row["text"] or "") for row in kept] == [("1", text(0)), ("2", ""), ("4", "short")]
    named = tmp_path / "b.csv"
    named.write_text(json.dumps({"id": 1, "text": text(0)}) + "\n" + json.dumps({"text": text(1)}) + "\n")
    result = twicetold.scan(named)
    assert result.summary["articles"] == 2 and [(r["count"], r["line"], r["remark"]) for r in result.remarks] == [
        (1, 2, "it has no id, and is named for its file and line"),
        (2, 1, "its name says otherwise, but it is JSON and read as that"),
    ]
    with twicetold.Index() as index:
        assert index.add(named).remarks == result.remarks


def test_what_a_folder_has_besides_articles_is_remarked(tmp_path):
    (tmp_path / "a.jsonl").write_text(json.dumps({"id": 1, "text": text(0)}) + "\n")
    (tmp_path / "b.csv").write_text("id,text\n")
    (tmp_path / "c.docx").write_text("")
    assert [(r["count"], r["remark"].split(":")[0]) for r in twicetold.scan(tmp_path).remarks] == [
        (1, "passed over in directories and archives"), (1, "read, but without an article"),
    ]  # fmt: skip
    with pytest.raises(twicetold.InputOutputError, match="no article was read: .*b.csv has no row"):
        twicetold.scan(tmp_path / "b.csv")


def test_a_file_that_is_not_parquet(tmp_path):
    pa, pq = need("pyarrow"), need("pyarrow.parquet")
    path = tmp_path / "a.parquet"
    path.write_bytes(b"this is no Parquet file")
    with pytest.raises(twicetold.FormatError, match="a.parquet") as caught:
        twicetold.scan(path)
    assert type(caught.value.__cause__).__module__.startswith("pyarrow")
    with pytest.raises(twicetold.InputOutputError, match="No such file or directory: .*b.parquet"):
        twicetold.scan(tmp_path / "b.parquet")
    pq.write_table(pa.table({"id": list(range(2000)), "text": [text(i % 400) for i in range(2000)]}), path)
    whole = bytearray(path.read_bytes())
    whole[100:2000] = bytes(1900)
    path.write_bytes(whole)
    with pytest.raises((twicetold.FormatError, twicetold.InputOutputError)):
        twicetold.scan(path)


# ---- Errors, threads -------------------------------------------------------------------------------


def test_what_a_stream_raises_is_the_cause(rows):
    pa = need("pyarrow")
    table = pa.Table.from_pylist(rows)

    def broken(error):
        yield from table.to_batches()
        raise error

    for error in (LookupError("no such shard"), RuntimeError("a line that mentions KeyboardInterrupt")):
        with pytest.raises(twicetold.InputOutputError, match=str(error)) as caught:
            twicetold.scan(pa.RecordBatchReader.from_batches(table.schema, broken(error)))
        assert caught.value.__cause__ is error
    with pytest.raises(KeyboardInterrupt):
        twicetold.scan(pa.RecordBatchReader.from_batches(table.schema, broken(KeyboardInterrupt())))
    with pytest.raises(LookupError):
        twicetold.scan(broken(LookupError("no such shard")))


def test_a_thread_with_a_small_stack():
    """That of a thread on Alpine Linux."""
    code = (
        "import threading, twicetold, sys\n"
        "def run():\n"
        "    r = twicetold.scan(sys.argv[1], threads=1); twicetold.dedup(sys.argv[1])\n"
        "    with twicetold.Index() as index: index.add(sys.argv[1])\n"
        "    print(len(r.pairs), len(list(r.sections)) > 0)\n"
        "threading.stack_size(131072)\n"
        "t = threading.Thread(target=run); t.start(); t.join()\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(FEED)], capture_output=True, text=True)
    assert done.returncode == 0 and done.stdout.endswith("True\n"), done.stderr


def test_pairs_alone_are_pairs_of_the_whole_scan(articles):
    """What only the search for clusters or sections compares is not among them, as the page on Python says."""
    alone = list(twicetold.scan(articles, pairs=True).pairs)
    together = list(twicetold.scan(articles).pairs)
    assert all(pair in together for pair in alone)
    members = {a for c in twicetold.scan(articles).clusters for a in c["members"]}
    assert all(p["a"] in members and p["b"] in members for p in together if p not in alone and p["relation"] != "series")


# ---- What comes out --------------------------------------------------------------------------------


def test_dedup_writes_parquet_in_parts(tmp_path, rows, articles):
    pa, pl, pd, pq = need("pyarrow"), need("polars"), need("pandas"), need("pyarrow.parquet")
    datasets = need("datasets")
    table = pa.Table.from_pylist(rows)
    pq.write_table(table, tmp_path / "in.parquet", row_group_size=2)
    kinds = [tmp_path / "in.parquet", table, pl.DataFrame(rows), pd.DataFrame(rows), rows, datasets.Dataset.from_list(rows)]
    for i, given in enumerate(kinds):
        out, removed = twicetold.dedup(given, output=tmp_path / f"out{i}", removed=True)
        assert out.to_table().to_pylist() == rows[:3] and len(removed) == 3, type(given)
        assert [p.name for p in (tmp_path / f"out{i}").iterdir()] == ["part-00000.parquet"]
    out = twicetold.dedup(FEED, output=tmp_path / "feed")
    assert out.to_table().to_pylist() == twicetold.dedup(articles)
    with pytest.raises(twicetold.InvalidError, match="is there already"):
        twicetold.dedup(table, output=tmp_path / "out0")
    assert sorted(p.name for p in tmp_path.iterdir() if p.name.startswith(".")) == []


def test_no_warning_where_nothing_is_wrong(rows):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert twicetold.dedup(rows) == rows[:3]
        assert twicetold.dedup([]) == []
