import gzip
import importlib.metadata
import io
import json
import os
import pathlib
import re
import sysconfig
import types

import pytest
import twicetold
from conftest import FEED, GOLD, PAYWALL, command, everything, lines, need, paywall_page, rows


def test_a_path_gives_what_the_command_gives(wanted):
    assert all(wanted)
    for path in (FEED, str(FEED), [FEED], (str(FEED),)):
        assert everything(twicetold.scan(path)) == wanted


def test_dicts_give_what_the_command_gives(articles, wanted):
    assert everything(twicetold.scan(articles)) == wanted
    assert everything(twicetold.scan(tuple(articles))) == wanted
    assert everything(twicetold.scan(a for a in articles)) == wanted
    assert everything(twicetold.scan(map(types.MappingProxyType, articles))) == wanted


def test_the_summary_is_the_command_s(articles):
    line = lines(command("scan", "--quiet", "--threads", 1, FEED), "summary")[0]
    for given in (FEED, articles):
        summary = twicetold.scan(given, threads=1).summary
        assert summary.keys() == line.keys() and summary["seconds"].keys() == line["seconds"].keys()
        assert summary["copies"] == 165 and summary["removed"] == 155
        assert {k: v for k, v in summary.items() if k != "seconds"} == {k: v for k, v in line.items() if k != "seconds"}


def test_a_written_result_is_the_command_s_bytes(tmp_path, wanted):
    path = tmp_path / "result.jsonl"
    twicetold.scan(FEED).write(path)
    there = command("scan", "--quiet", FEED).splitlines()
    here = path.read_bytes().splitlines()
    assert here[:-1] == there[:-1] and json.loads(here[-1])["type"] == "summary"
    assert [p.name for p in tmp_path.iterdir()] == ["result.jsonl"]
    with pytest.raises(twicetold.InputOutputError):
        twicetold.scan(FEED).write(tmp_path / "no" / "such" / "place")


@pytest.mark.parametrize(
    "options",
    [
        {"resemblance": 0.9, "containment": "off", "overlap": "off", "pairs": True},
        {"clusters": True, "keep": "first"},
        {"keep": "newest"},
        {"keep": "source:Morning News,Valley Courier"},
        {"sections": True, "min_section": 16, "paragraphs": "line"},
        {"series": True, "pairs": True, "facts": 0.9, "max_matches": 2},
        {"num_hashes": 64, "bands": 16, "shingle_tokens": 3, "seed": 7, "threads": 2},
        {"max_article_bytes": "1K"},
    ],
)
def test_options_mean_what_they_mean_to_the_command(articles, options):
    words = []
    for name, value in options.items():
        flag = "hashes" if name == "num_hashes" else name.replace("_", "-")
        words += ["--" + flag] + ([] if value is True else [str(value)])
    import subprocess

    try:
        output = command("scan", "--quiet", *words, FEED)
    except subprocess.CalledProcessError as error:
        assert error.returncode == 1  # some were rejected
        output = error.stdout
    there = tuple(lines(output, kind) for kind in ("pair", "cluster", "section"))
    for given in (FEED, articles):
        result = twicetold.scan(given, **options)
        assert everything(result) == there
        assert result.summary["options"] == lines(output, "summary")[0]["options"]
        assert len(result.rejected) == lines(output, "summary")[0]["rejected"]


@pytest.mark.parametrize("only", ["pairs", "clusters", "sections"])
def test_what_was_not_looked_for_is_an_error_to_read(articles, only):
    result = twicetold.scan(articles, **{only: True})
    for name in ("pairs", "clusters", "sections"):
        if name == only:
            table = getattr(result, name)
            assert len(table) == len(rows(table)) > 0
        else:
            with pytest.raises(twicetold.InvalidError, match=f"{name} were not looked for"):
                getattr(result, name)
    assert "looked for" not in result._repr_html_()


def test_fields_have_other_names(articles, wanted):
    renamed = [{"key": a["id"], "body": a["text"], "source": a["source"]} for a in articles]
    assert everything(twicetold.scan(renamed, id="key", text="body")) == wanted


def test_files_of_every_form(tmp_path, articles, wanted):
    (tmp_path / "feed.bin").write_bytes(gzip.compress(FEED.read_bytes()))
    assert everything(twicetold.scan(tmp_path / "feed.bin")) == wanted
    plain = tmp_path / "plain"
    plain.mkdir()
    for name in "ab":
        (plain / f"{name}.txt").write_text(articles[0]["text"])
    assert [p["relation"] for p in twicetold.scan(plain).pairs] == ["identical"]


def test_ids_are_rows_where_there_are_none(articles):
    text = articles[0]["text"]
    for result in (twicetold.scan([{"text": text}] * 3), twicetold.scan([{"id": 9, "text": text}] * 3, id=None)):
        assert [(p["a"], p["b"]) for p in result.pairs] == [(0, 1), (0, 2)]
        assert list(result.clusters)[0]["members"] == [0, 1, 2]


@pytest.mark.parametrize(
    "ids, given", [([5, -7], [5, -7]), ([1, 2**64 - 1], [1, 2**64 - 1]), ([1, "x"], ["1", "x"]), ([-1, 2**63], ["-1", str(2**63)])]
)
def test_integer_ids_come_back_as_such(articles, ids, given):
    result = twicetold.scan([{"id": i, "text": articles[0]["text"]} for i in ids])
    assert [(p["a"], p["b"]) for p in result.pairs] == [tuple(given)]


def test_text_may_be_bytes_and_any_script():
    text = "Ünïcödé 東京都の天気は晴れです。 " * 20
    result = twicetold.scan([{"id": "a", "text": text}, {"id": "b", "text": text.encode()}])
    assert [p["relation"] for p in result.pairs] == ["identical"]


def test_no_articles_at_all():
    result = twicetold.scan([])
    assert everything(result) == ([], [], []) and result.summary["articles"] == 0
    assert len(result.pairs) == 0 and "0 pairs" in repr(result)


def test_rejected_articles_are_listed_and_the_run_goes_on(articles):
    text = articles[0]["text"]
    given = [
        {"id": "a", "text": text},
        {"id": "b"},
        {"id": "c", "text": None},
        {"id": True, "text": text},
        {"id": "d", "text": 5},
        {"id": "e", "text": "\ud800"},
        {"id": "f", "text": b"\xff"},
        {"id": 1.5, "text": text},
        {"id": "g", "text": text},
    ]
    result = twicetold.scan(given)
    assert [(r["row"], r["status"]) for r in result.rejected] == [
        (1, "TT_EFORMAT"),
        (2, "TT_EFORMAT"),
        (3, "TT_EFORMAT"),
        (4, "TT_EFORMAT"),
        (5, "TT_EFORMAT"),
        (6, "TT_EFORMAT"),
        (7, "TT_EFORMAT"),
    ]
    assert "true or false" in result.rejected[2]["reason"] and result.rejected[0]["reason"] == "no text"
    assert [(p["a"], p["b"]) for p in result.pairs] == [("a", "g")] and result.summary["rejected"] == 7


def test_rejected_records_of_files_say_where(tmp_path, articles):
    path = tmp_path / "x.jsonl"
    path.write_text("\n".join([json.dumps(articles[0]), "{", json.dumps({"id": "b"})]) + "\n")
    rejected = twicetold.scan(path).rejected
    assert [(r["row"], r["file"], r["line"], r["status"]) for r in rejected] == [
        (1, str(path), 2, "TT_EFORMAT"),
        (2, str(path), 3, "TT_EFORMAT"),
    ]


def test_tables_without_an_arrow_library(articles, monkeypatch):
    import sys

    for name in ("pyarrow", "polars", "pandas"):
        monkeypatch.setitem(sys.modules, name, None)
    result = twicetold.scan(articles)
    assert len(result.pairs) == len(list(result.pairs)) and len(result.removed) == len(list(result.removed))
    assert len(twicetold.dedup(articles)) + len(result.removed) == len(articles)
    with pytest.raises(ImportError):
        result.pairs.to_arrow()


def test_a_result_shows_itself(articles):
    result = twicetold.scan([{"id": f"<{i}>", "text": articles[0]["text"]} for i in range(20)])
    page = result._repr_html_()
    assert "&lt;0&gt;" in page and "<0>" not in page and "19 rows, the first 10" in page
    assert repr(result.pairs).startswith("<twicetold.Table pairs: 19 rows")


def test_a_table_outlives_its_result(articles, wanted):
    pairs = twicetold.scan(articles).pairs
    stream = iter(pairs)
    del pairs
    assert list(stream) == wanted[0]


def test_many_batches_of_rows(articles):
    """More rows than an Arrow batch has, with more than one batch of articles."""
    count = 40_000
    result = twicetold.scan(({"id": i, "text": articles[0]["text"][:200]} for i in range(count)), sections=True, pairs=True)
    assert [p["b"] for p in result.pairs] == list(range(1, count))


# ---- Scores ----------------------------------------------------------------------------------------


def test_eval_gives_what_the_command_gives(tmp_path):
    path = tmp_path / "result.jsonl"
    twicetold.scan(FEED).write(path)
    assert twicetold.evaluate(path, GOLD) == json.loads(command("eval", "--json", path, GOLD))
    (tmp_path / "gold.jsonl").write_text('{"type":"pair","a":"x","b":"y"}\n')
    assert twicetold.evaluate(path, tmp_path / "gold.jsonl")["sections"]["recall"] is None
    (tmp_path / "bad.jsonl").write_text('{"type":"pair","a":"x","b":"y"}\n{"type":\n')
    with pytest.raises(twicetold.FormatError) as caught:
        twicetold.evaluate(path, tmp_path / "bad.jsonl")
    assert caught.value.where == 2 and caught.value.status == "TT_EFORMAT"
    with pytest.raises(twicetold.InputOutputError):
        twicetold.evaluate(path, tmp_path / "none.jsonl")


# ---- Dedup -----------------------------------------------------------------------------------------


def test_dedup_keeps_what_the_command_keeps(tmp_path, articles):
    removed = tmp_path / "removed.jsonl"
    output = command("dedup", "--quiet", FEED, "-o", "-", "--removed", removed)
    kept = [json.loads(line) for line in output.splitlines()]
    gone = [{"differ": [], **json.loads(line)} for line in removed.read_text().splitlines()]
    assert any(row["differ"] for row in gone)
    for given in (FEED, articles, iter(articles)):
        out, table = twicetold.dedup(given, removed=True)
        assert out == kept and list(table) == gone
    assert twicetold.scan(articles).removed[:] == table[:]


def test_dedup_knows_which_article_is_newer(tmp_path):
    """A newer article with another number stays, by its time wherever it is in the input, as for the command."""
    need("pyarrow")
    pl = need("polars")
    story = " ".join(f"word{i}" for i in range(40)) + " after which {} people were brought to the shore by boat " + " ".join(
        f"more{i}" for i in range(40)
    )
    rows = [
        {"id": "new", "text": story.format(214), "published": "2030-05-08T10:00:00Z"},
        {"id": "old", "text": story.format(180), "published": "2030-05-08T08:00:00Z"},
    ]
    kept_by_time, kept_by_order = ["new"], ["new", "old"]
    for given, kept in ((rows, kept_by_time), ([dict(r, published=None) for r in rows], kept_by_order)):
        path = tmp_path / "a.jsonl"
        path.write_text("".join(json.dumps(r) + "\n" for r in given))
        output = command("dedup", "--quiet", "--keep", "first", path, "-o", "-")
        assert [json.loads(line)["id"] for line in output.splitlines()] == kept
        for form in (path, given, iter(given), pl.DataFrame(given), pl.DataFrame(given).to_arrow()):
            out = twicetold.dedup(form, keep="first")
            assert list(map(str, out["id"] if hasattr(out, "columns") else [a["id"] for a in out])) == kept
    odd = pl.DataFrame([dict(r, published=[1, 2]) for r in rows])
    assert len(twicetold.dedup(odd, keep="first")) == 2
    with pytest.raises(twicetold.InvalidError, match="text or times is needed"):
        twicetold.dedup(odd, keep="newest")


def test_dedup_with_every_rule_off(articles):
    assert len(twicetold.dedup(articles, overlap="off", containment="off", facts="off")) < len(articles)


def test_dedup_of_plain_text_and_of_bad_records(tmp_path, articles):
    for name in "ab":
        (tmp_path / f"{name}.txt").write_text(articles[0]["text"])
    (tmp_path / "c.jsonl").write_text("{\n" + json.dumps({"id": "x", "text": "other", "n": [1]}) + "\n")
    with pytest.warns(UserWarning, match=r"1 of 4 articles were rejected.*c.jsonl:1"):
        kept = twicetold.dedup(tmp_path)
    assert kept == [{"id": str(tmp_path / "a.txt"), "text": articles[0]["text"]}, {"id": "x", "text": "other", "n": [1]}]


def test_dedup_keeps_what_it_cannot_compare(tmp_path, articles):
    text = articles[0]["text"]
    given = [
        {"id": "a", "text": text},
        {"id": "b", "text": None},
        {"id": "c", "text": text},
        {"id": False, "text": text, "note": "another article"},
        {"id": "d", "text": ""},
    ]
    with pytest.warns(UserWarning, match="2 of 5 articles were rejected.*row 1: no text") as warned:
        kept, removed = twicetold.dedup(given, removed=True)
    assert warned[0].filename == __file__
    assert kept == [given[0], given[1], given[3], given[4]] and [r["id"] for r in removed] == ["c"]
    path = tmp_path / "given.jsonl"
    path.write_text("\n".join(map(json.dumps, given)) + "\n[1]\n")
    with pytest.warns(UserWarning, match=r"3 of 6 articles were rejected.*given.jsonl:2: "):
        assert twicetold.dedup(path) == kept
    with pytest.raises(twicetold.FormatError, match="all articles were rejected, the first, row 0: no text"):
        twicetold.dedup([{"id": "a", "text": None}, {"id": "b", "text": 5}])
    assert twicetold.dedup([]) == []


def test_dedup_options(articles):
    assert len(twicetold.dedup(articles, drop=1.0)) > len(twicetold.dedup(articles, drop=0.5))
    with pytest.raises(TypeError):
        twicetold.dedup(articles, min_section=40)


# ---- Errors ----------------------------------------------------------------------------------------


def test_errors_have_a_status(tmp_path):
    with pytest.raises(twicetold.InputOutputError) as caught:
        twicetold.scan(tmp_path / "none.jsonl")
    assert caught.value.status == "TT_EIO" and isinstance(caught.value, (twicetold.Error, OSError))
    assert "none.jsonl" in str(caught.value)
    with pytest.raises(twicetold.InvalidError) as caught:
        twicetold.scan([], num_hashes=128, bands=5)
    assert caught.value.status == "TT_EINVAL" and caught.value.where is None
    import pickle

    again = pickle.loads(pickle.dumps(caught.value))
    assert (type(again), str(again), again.status) == (twicetold.InvalidError, str(caught.value), "TT_EINVAL")


@pytest.mark.parametrize(
    "option",
    [
        {"resemblance": 0},
        {"resemblance": "on"},
        {"overlap": 1.5},
        {"drop": "off"},
        {"min_section": 5},
        {"shingle_tokens": 65},
        {"num_hashes": 2.5},
        {"seed": -1},
        {"keep": "oldest"},
        {"keep": "source:"},
        {"paragraphs": "page"},
        {"max_article_bytes": "2G"},
        {"max_article_bytes": "x"},
        {"threads": True},
        {"memory": "31M"},
        {"temp_dir": 5},
        {"pairs": 1},
    ],
)
def test_options_out_of_range(option):
    with pytest.raises(twicetold.InvalidError, match=next(iter(option))):
        twicetold.scan([], **option)


def test_what_is_no_input():
    with pytest.raises(TypeError, match="did you mean 'resemblance'"):
        twicetold.scan([], resemblence=0.5)
    with pytest.raises(TypeError):
        twicetold.scan(5)
    with pytest.raises(TypeError):
        twicetold.scan({"id": "a", "text": "b"})
    with pytest.raises(TypeError, match="article 1 is not a mapping"):
        twicetold.scan([{"text": "a"}, 7])
    with pytest.raises(twicetold.InvalidError):
        twicetold.scan("")
    with pytest.raises(twicetold.InvalidError, match="looked for no clusters or no overlaps"):
        list(twicetold.scan([], pairs=True).removed)


def test_an_exception_of_the_iterable_goes_through():
    def broken():
        yield {"text": "a"}
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        twicetold.scan(broken())


def test_nothing_but_the_package_makes_an_index():
    with pytest.raises(TypeError):
        twicetold._core.Index()


def test_the_version_is_the_library_s():
    assert command("--version").decode().split()[1] == twicetold.__version__


def test_one_wheel_is_for_every_python():
    """The limited API of 3.9, which a Python without a lock has not."""
    if sysconfig.get_config_var("Py_GIL_DISABLED"):
        pytest.skip("this Python has a wheel of its own")
    tags = re.findall("^Tag: (.*)$", importlib.metadata.distribution("twicetold").read_text("WHEEL"), re.M)
    assert tags and all(tag.startswith("cp39-abi3-") for tag in tags)
    assert os.name == "nt" or pathlib.Path(twicetold._core.__file__).name == "_core.abi3.so"


def test_it_is_typed():
    assert (pathlib.Path(twicetold.__file__).parent / "py.typed").exists()
    assert io.open(pathlib.Path(twicetold.__file__).parent / "_core.pyi").read()


def test_notices_are_those_of_the_command_and_of_the_file_given(tmp_path):
    articles, page = paywall_page()
    learned = twicetold.scan(PAYWALL)
    of_command = lines(command("scan", "--quiet", PAYWALL), "notice")
    assert of_command and list(learned.notices) == [{k: x[k] for k in learned.notices.columns} for x in of_command]
    learned.write(tmp_path / "list")
    given = twicetold.scan([page], notices=tmp_path / "list")
    unplaced = {"article": None, "begin": None, "end": None}
    assert list(given.notices) == [{**row, **unplaced} for row in learned.notices]
    assert list(twicetold.scan([page]).notices) == []
    kept, removed = twicetold.dedup([*articles, page], removed=True, notices=tmp_path / "list")
    assert len(kept) == len(articles) + 1 and len(removed) == 0
    with pytest.raises(twicetold.InvalidError):
        twicetold.scan([page], notices=tmp_path / "list", seed=1)
    with pytest.raises(twicetold.InputOutputError):
        twicetold.dedup([page], notices=tmp_path / "nowhere")
