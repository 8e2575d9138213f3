"""mypy --strict and pyright accept a client and find its mistakes."""

import pathlib
import subprocess
import sys

import pytest

CLIENT = pathlib.Path(__file__).with_name("client.py")
MISTAKES = [
    'twicetold.scan("a", resemblanse=0.8)',
    'twicetold.scan("a", resemblance="0.8")',
    'twicetold.dedup(articles, min_section=40)',
    'twicetold.dedup(articles, paragraphs="page")',
    'twicetold.Index("x.db", num_hashes=5)',
    'twicetold.Index("x.db", sources="other")',
    'twicetold.strip(articles, sections="some")',
    "twicetold.MinHash(bands=3)",
    "index.query(articles, al=True)",
    'result.pairs["a"].nothing',
]


@pytest.mark.parametrize("checker", ["mypy", "pyright"])
def test_a_client(checker, tmp_path):
    pytest.importorskip(checker, reason=f"{checker} is not installed")
    words = {
        "mypy": ["mypy", "--strict", "--no-error-summary", "--cache-dir", str(tmp_path / "cache")],
        "pyright": ["pyright", "--pythonpath", sys.executable],
    }[checker]

    def check(path):
        return subprocess.run([sys.executable, "-m", *words, str(path)], capture_output=True, text=True)

    good = check(CLIENT)
    assert good.returncode == 0, good.stdout + good.stderr
    wrong = tmp_path / "wrong.py"
    code = CLIENT.read_text(encoding="utf-8")
    first = code.count("\n") + 1
    wrong.write_text(code + "\n".join(MISTAKES) + "\n")
    found = check(wrong).stdout
    for line, mistake in enumerate(MISTAKES, first):
        assert f"wrong.py:{line}:" in found, (mistake, found)
