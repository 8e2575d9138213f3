"""What a data engineer tried and found wanting: each of these once lost articles, said nothing, or crashed."""

import os
import pathlib
import re
import subprocess
import sys

import pytest
from conftest import FEED, ROOT, need

import twicetold

CASES = pathlib.Path(os.environ.get("TT_CASES", ROOT.parent / "shared" / "cases" / "python"))


def said(name, folder, *words):
    """What a script prints, run where its paths lead."""
    script = CASES / name
    if not script.exists():
        pytest.skip("the scripts are not beside this checkout")
    (folder / "corpora").mkdir(exist_ok=True)
    if not (folder / "corpora" / "feed").exists():
        (folder / "corpora" / "feed").symlink_to(FEED.parent)
    (folder / "build" / "cases").mkdir(parents=True, exist_ok=True)
    done = subprocess.run([sys.executable, script, *words], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    return done


def test_dedup_loses_nothing(tmp_path):
    need("pandas"), need("pyarrow")
    done = said("dataloss.py", tmp_path)
    assert "null id among ints: 4 -> 4" in done.stdout and "dicts, one without id: 2 -> 2" in done.stdout
    assert "DuplicateError: rows 0 and 100 have the same id, 0; with id=None" in done.stderr


def test_nothing_is_empty_in_silence(tmp_path):
    need("polars"), need("datasets"), need("pyarrow")
    done = said("silent_empty.py", tmp_path)
    assert re.search(r"hive-partitioned Parquet directory: <twicetold.Result of 308 articles", done.stdout), done.stdout
    assert "no record has the field 'body'" in done.stderr


def test_view_strings_and_batches(tmp_path):
    need("pyarrow")
    done = said("view.py", tmp_path)
    assert done.stdout.splitlines()[:3] == ["1 pair; dedup:", "2", "2"] and done.returncode == 0
    assert "generator of RecordBatch: pyarrow.Table" in done.stdout or "id: int64" in done.stdout


def test_what_a_stream_raises(tmp_path):
    need("pyarrow")
    found = said("streamerr.py", tmp_path).stdout.splitlines()
    assert "got InputOutputError cause no such shard" in found[0] and "got InputOutputError cause log line" in found[1]


def test_ids_keep_their_type(tmp_path):
    need("polars"), need("pyarrow")
    done = said("ids_shape.py", tmp_path)
    assert done.stdout.count("UInt32") >= 3 or "UInt32 ids come back as UInt32" in done.stdout
    assert done.returncode == 0 and "join:" not in done.stdout and "join on empty:" not in done.stdout


@pytest.mark.parametrize("kind", ["path", "dicts", "none"])
def test_a_thread_with_a_small_stack(tmp_path, kind):
    assert said("stack.py", tmp_path, kind, "131072").returncode == 0


def test_kinds_that_are_read(tmp_path):
    for name in ("polars", "pandas", "pyarrow", "duckdb"):
        need(name)
    script = (CASES / "kinds.py").read_text() if (CASES / "kinds.py").exists() else pytest.skip("not beside this checkout")
    # libraries that are not installed here, each in a line of its own
    lines = [x for x in script.splitlines() if not re.match(r"import (arro3|nanoarrow|dask)", x)]
    pathlib.Path(tmp_path, "kinds.py").write_text("\n".join(lines))
    (tmp_path / "corpora").mkdir()
    (tmp_path / "corpora" / "feed").symlink_to(FEED.parent)
    lake = tmp_path / "build" / "cases" / "lake" / "day=08"
    lake.mkdir(parents=True)
    import polars

    polars.read_ndjson(FEED).write_parquet(lake / "a.parquet")
    done = subprocess.run([sys.executable, "kinds.py"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    bad = [x for x in done.stdout.splitlines() if " !! " in x]
    assert not bad and done.stdout.count("->") >= 20, bad + [done.stderr[-500:]]


def test_pairs_depend_on_clusters_alone(tmp_path):
    done = subprocess.run(
        [sys.executable, "-B", ROOT / "corpora/made/generate.py", "--articles", "1000", "--profile", "scale", "--out",
         tmp_path / "build/cases/d10000"], stdout=subprocess.DEVNULL,
    )  # fmt: skip
    assert done.returncode == 0
    counts = re.findall(r"not in (?:pairs|all|pairs\+clusters) (\d+)", said("pairs_depend.py", tmp_path).stdout)
    # Clusters need the pair of each copy with the article that is kept (docs/python.md); nothing else differs.
    assert len(counts) == 4 and counts[1:] == ["0", "0", "0"]
