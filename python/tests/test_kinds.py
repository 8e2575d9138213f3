"""Files of every kind: the Python package reads as many articles as the command, or raises the error that
docs/reliability.md names."""

import importlib.util
import threading

import pytest
from conftest import ROOT, command_path, need

import twicetold

spec = importlib.util.spec_from_file_location("kinds", ROOT / "tests" / "kinds" / "kinds.py")
kinds = importlib.util.module_from_spec(spec)
spec.loader.exec_module(kinds)
kinds.COMMAND = command_path()

BY_PYARROW = (".parquet", ".arrow")


@pytest.fixture(scope="module")
def reads_archives():
    return b"without libarchive" not in kinds.run("scan", "-", stdin=kinds.tar()).stderr


@pytest.mark.parametrize("row", kinds.KINDS, ids=[row[0] for row in kinds.KINDS])
def test_a_kind_of_file(row, tmp_path, reads_archives):
    kind, name, made, articles, rejected, said, *left_out = row
    if "archives" in left_out and not reads_archives:
        pytest.skip("this build does not read archives")
    if name.endswith(BY_PYARROW):
        need("pyarrow")
    path = kinds.make(row, tmp_path)
    given = name if made is None else str(path)
    error = kinds.raised(kind, articles, rejected)
    if made == "fifo":
        threading.Thread(target=lambda: path.write_text(kinds.LINES)).start()
    if articles is None:  # cut off: what is before is read, or nothing
        try:
            assert said in str(twicetold.scan(given).rejected)
        except twicetold.FormatError as refused:
            assert said in str(refused)
    elif error:
        with pytest.raises(twicetold.Error) as raised:
            twicetold.scan(given)
        assert type(raised.value).__name__ == error
        if (kind not in kinds.PYTHON or kind == "a list of articles in an object") and rejected and not name.endswith(BY_PYARROW):
            assert said in str(raised.value)
    else:
        result = twicetold.scan(given)
        assert (result.summary["articles"], len(result.rejected)) == (articles, rejected)
        assert not rejected or said in str([r["reason"] for r in result.rejected])
