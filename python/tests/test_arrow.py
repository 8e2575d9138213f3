import datetime
import os

import pytest
import twicetold
from conftest import FEED, everything, need, rows


@pytest.fixture(scope="module")
def pa():
    return need("pyarrow")


@pytest.fixture(scope="module")
def table(pa, articles):
    return pa.Table.from_pylist(articles)


def text_types(pa):
    types = [pa.string(), pa.large_string(), pa.binary(), pa.large_binary()]
    return types + ([pa.string_view()] if hasattr(pa, "string_view") else [])


class Stream:
    """What a consumer may know of a producer, and no more."""

    def __init__(self, of):
        self.__arrow_c_stream__ = of.__arrow_c_stream__


def test_a_table_gives_what_the_command_gives(table, wanted):
    assert everything(twicetold.scan(table)) == wanted
    assert everything(twicetold.scan(Stream(table))) == wanted
    assert everything(twicetold.scan(table.to_reader(7))) == wanted


def test_every_layout_of_strings(pa, articles, wanted):
    for kind in text_types(pa):
        columns = {n: pa.array([a[n] for a in articles]).cast(pa.string()) for n in ("id", "text", "source")}
        cast = {n: pa.array([v.as_py() for v in c], kind) if "view" in str(kind) else c.cast(kind) for n, c in columns.items()}
        assert everything(twicetold.scan(pa.table(cast))) == wanted, kind


@pytest.mark.skipif(not os.path.exists("/proc/self/clear_refs"), reason="there is no /proc/self/clear_refs")
def test_text_is_not_copied(pa):
    size = 96 << 20
    table = pa.table({"id": [1, 2], "text": pa.array(["word " + " " * size, "more"], pa.large_string())})

    def resident(what):
        with open("/proc/self/status") as f:
            return int(next(line for line in f if line.startswith(what)).split()[1]) << 10

    with open("/proc/self/clear_refs", "w") as f:
        f.write("5")  # the peak is what there is now
    before = resident("VmRSS")
    assert twicetold.scan(table, threads=1, max_article_bytes="1G").summary["bytes"] > size
    assert resident("VmHWM") - before < size // 4


def test_dictionaries(pa, table, wanted):
    for name in ("id", "text", "source"):
        at = table.schema.get_field_index(name)
        table = table.set_column(at, name, table[name].dictionary_encode())
    assert everything(twicetold.scan(table)) == wanted
    keep = "source:Morning News,Valley Courier"
    assert everything(twicetold.scan(table, keep=keep)) == everything(twicetold.scan(FEED, keep=keep))


@pytest.mark.parametrize("begin, size", [(0, 100), (13, 100), (1, 7), (300, 100)])
def test_slices(pa, table, articles, begin, size):
    there = everything(twicetold.scan(articles[begin : begin + size]))
    assert everything(twicetold.scan(table.slice(begin, size))) == there
    for kind in text_types(pa)[:2]:
        parts = table.set_column(table.schema.get_field_index("text"), "text", table["text"].cast(kind))
        assert everything(twicetold.scan(parts.slice(begin, size))) == there


def test_a_slice_of_the_batch_itself(pa, articles):
    """A struct array with an offset, whose children have one too."""
    whole = pa.array([{n: a[n] for n in ("id", "text", "source")} for a in articles[:60]]).slice(5, 50)
    batch = pa.RecordBatch.from_struct_array(whole)
    assert everything(twicetold.scan(pa.table(batch).slice(3, 40))) == everything(twicetold.scan(articles[8:48]))

    class OfStructs:  # a stream of a struct array: what a chunked array of structs exports
        def __arrow_c_stream__(self, schema=None):
            return pa.chunked_array([whole.slice(3, 40)]).__arrow_c_stream__(schema)

    assert everything(twicetold.scan(OfStructs())) == everything(twicetold.scan(articles[8:48]))


def test_chunks(pa, table, wanted):
    pieces = [table.slice(i, 11) for i in range(0, table.num_rows, 11)] + [table.slice(0, 0)]
    assert everything(twicetold.scan(pa.concat_tables(pieces))) == wanted


def test_nulls_are_rejected(pa, articles):
    text = articles[0]["text"]
    nothing = pa.table({"id": ["a", None, "c", "d"], "text": [text, text, None, text]})
    for kind in text_types(pa):
        column = pa.array([text, text, None, text], kind) if "binary" not in str(kind) else nothing["text"].cast(kind)
        result = twicetold.scan(nothing.set_column(1, "text", column))
        assert [(r["row"], r["id"], r["reason"]) for r in result.rejected] == [(2, "c", "no text")]
        assert [(p["a"], p["b"]) for p in result.pairs] == [("a", "row 1"), ("a", "d")]
    result = twicetold.scan(pa.table({"id": ["a", "b"], "text": pa.nulls(2)}))
    assert len(result.rejected) == 2
    structs = pa.chunked_array([pa.array([{"id": "a", "text": text}, None, {"id": "b", "text": text}])])
    result = twicetold.scan(Stream(structs))
    assert [r["row"] for r in result.rejected] == [1] and len(result.pairs) == 1


@pytest.mark.parametrize("kind", ["int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"])
def test_integer_ids(pa, articles, kind):
    text = articles[0]["text"]
    pairs = twicetold.scan(pa.table({"id": pa.array([3, 100, 7], kind), "text": [text] * 3})).pairs
    assert pa.table(pairs)["a"].type == kind
    assert sorted(p["b"] for p in pairs) == [7, 100]


def test_times(pa, articles):
    texts = [articles[0]["text"]] * 3
    days = [datetime.datetime(2030, 1, d, 5, 6, 7, 8) for d in (1, 3, 2)]
    stamps = [pa.array(days, pa.timestamp(u, z)) if u != "s" else pa.array(days, pa.timestamp("us")).cast(pa.timestamp("s"), safe=False) for u in ("us", "ns", "s") for z in (None, "UTC")]
    stamps += [pa.array([d.date() for d in days]), pa.array([d.isoformat() + "Z" for d in days])]
    for published in stamps:
        given = pa.table({"id": ["a", "b", "c"], "text": texts, "published": published})
        assert [c["keep"] for c in twicetold.scan(given, keep="newest").clusters] == ["b"], published.type
        assert [c["keep"] for c in twicetold.scan(given.to_pylist(), keep="newest").clusters] == ["b"]


def test_columns_that_do_not_fit(pa, table):
    with pytest.raises(twicetold.InvalidError, match='no column "body"'):
        twicetold.scan(table, text="body")
    with pytest.raises(twicetold.InvalidError, match='no column "key"'):
        twicetold.scan(table, id="key")
    with pytest.raises(twicetold.InvalidError, match="format"):
        twicetold.scan(pa.table({"id": ["a"], "text": [1.5]}))
    with pytest.raises(twicetold.InvalidError, match="no columns"):
        twicetold.scan(Stream(pa.chunked_array([[5]])))
    with pytest.raises(twicetold.InvalidError, match="published"):
        twicetold.scan(table.drop_columns(["published"]), keep="newest")


def test_a_stream_that_breaks_off(pa, table):
    def batches():
        yield from table.to_batches(50)[:2]
        raise ValueError("the disk is gone")

    with pytest.raises(twicetold.InputOutputError, match="the disk is gone") as caught:
        twicetold.scan(pa.RecordBatchReader.from_batches(table.schema, batches()))
    assert isinstance(caught.value.__cause__, ValueError)


def test_results_are_arrow(pa, wanted):
    result = twicetold.scan(FEED)
    for found, there in zip((result.pairs, result.clusters, result.sections), wanted):
        whole = pa.table(found)
        whole.validate(full=True)
        assert whole.num_rows == len(found) == len(there) and whole.column_names == found.columns
        assert whole.to_pylist() == list(found) == found.to_arrow().to_pylist()
    assert pa.table(result.sections).schema.field("occurrences").type.value_type.field("article").type == pa.string()
    removed = pa.table(result.removed)
    removed.validate(full=True)
    assert removed.to_pylist() == list(result.removed)


def test_numbers_that_were_not_counted_are_null(pa, articles):
    pairs = pa.table(twicetold.scan(articles, pairs=True, overlap="off", facts="off").pairs)
    pairs.validate(full=True)
    assert pairs.num_rows > 0 and pairs.to_pylist() == list(twicetold.scan(articles, pairs=True, overlap="off", facts="off").pairs)


def test_an_empty_result_has_its_columns(pa):
    result = twicetold.scan([])
    assert pa.table(result.sections).num_rows == 0
    assert pa.table(result.pairs).column_names == result.pairs.columns


def test_a_stream_given_up_halfway(pa, articles):
    many = twicetold.scan(({"id": i, "text": articles[0]["text"][:200]} for i in range(70_000)), pairs=True)
    reader = pa.RecordBatchReader.from_stream(many.pairs)
    sizes = [reader.read_next_batch().num_rows]
    del many, reader
    assert sizes == [1 << 15]


def test_parquet_and_datasets(pa, tmp_path, table, wanted):
    parquet = need("pyarrow.parquet")
    dataset = need("pyarrow.dataset")
    path = tmp_path / "feed.parquet"
    parquet.write_table(table, path, row_group_size=50)
    assert everything(twicetold.scan(path)) == wanted
    assert everything(twicetold.scan([path])) == wanted
    assert everything(twicetold.scan(tmp_path)) == wanted
    assert everything(twicetold.scan(dataset.dataset(path))) == wanted
    assert everything(twicetold.scan(path, keep="newest")) == everything(twicetold.scan(FEED, keep="newest"))
    kept = twicetold.dedup(path)
    assert kept.to_pylist() == twicetold.dedup(table).to_pylist()
    with pytest.raises(twicetold.InputOutputError):
        twicetold.scan(tmp_path / "none.parquet")


def test_dedup_of_arrow(pa, table, articles):
    kept = [a["id"] for a in twicetold.dedup(articles)]
    for given in (table, Stream(table), table.to_reader(50), table.to_batches()[0]):
        out, removed = twicetold.dedup(given, removed=True)
        assert out["id"].to_pylist() == kept and out.schema.equals(table.schema)
        assert len(removed) + out.num_rows == table.num_rows
    broken = pa.table({"id": ["a", "b", "c"], "text": [articles[0]["text"], None, "other words"]})
    with pytest.warns(UserWarning, match="1 of 3 articles were rejected.*row 1: no text"):
        assert twicetold.dedup(broken).equals(broken)


def test_pandas(articles, wanted):
    pandas = need("pandas")
    frame = pandas.DataFrame(articles)
    if not hasattr(frame, "__arrow_c_stream__"):
        pytest.skip("this pandas has no __arrow_c_stream__")
    need("pyarrow")
    assert everything(twicetold.scan(frame)) == wanted
    found = twicetold.scan(frame).pairs.to_pandas()
    assert list(found["a"]) == [p["a"] for p in wanted[0]]
    kept = twicetold.dedup(frame)
    assert isinstance(kept, pandas.DataFrame) and list(kept["id"]) == [a["id"] for a in twicetold.dedup(articles)]


def test_polars(articles, wanted):
    polars = need("polars")
    frame = polars.DataFrame(articles)
    assert everything(twicetold.scan(frame)) == wanted
    assert everything(twicetold.scan(frame.with_columns(polars.col("id").cast(polars.Categorical)))) == wanted
    assert everything(twicetold.scan(frame[10:200])) == everything(twicetold.scan(articles[10:200]))
    result = twicetold.scan(frame)
    assert result.pairs.to_polars().to_dicts() == wanted[0]
    assert result.sections.to_polars().to_dicts() == list(result.sections)
    kept = twicetold.dedup(frame)
    assert isinstance(kept, polars.DataFrame) and kept["id"].to_list() == [a["id"] for a in twicetold.dedup(articles)]


def test_datasets(articles, wanted):
    datasets = need("datasets")
    whole = datasets.Dataset.from_list(articles)
    assert everything(twicetold.scan(whole)) == wanted
    assert everything(twicetold.scan(whole.to_iterable_dataset())) == wanted
    some = whole.filter(lambda a: a["language"] == "en").select(range(100))
    assert everything(twicetold.scan(some)) == everything(twicetold.scan(list(some)))
    assert len(twicetold.scan(whole.select([])).pairs) == 0
    assert [a["id"] for a in twicetold.dedup(whole)] == [a["id"] for a in twicetold.dedup(articles)]


def test_duckdb(articles, wanted):
    duckdb = need("duckdb")
    need("pyarrow")
    relation = duckdb.sql(f"from '{FEED}'")
    if not hasattr(relation, "__arrow_c_stream__"):
        pytest.skip("this DuckDB has no __arrow_c_stream__")
    assert everything(twicetold.scan(relation)) == wanted
    pairs = twicetold.scan(relation).pairs.to_arrow()
    count = duckdb.sql("select count(*) from pairs where relation <> 'series'").fetchall()
    assert pairs.num_rows and count == [(sum(p["relation"] != "series" for p in wanted[0]),)]
    assert twicetold.dedup(relation).num_rows == len(twicetold.dedup(articles))
    assert rows(twicetold.scan(relation).clusters) == wanted[1]
