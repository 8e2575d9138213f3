"""Every snippet of the pages runs, in order, from the root of the repository."""

import os
import pathlib
import re

import pytest
from conftest import ROOT

PAGES = ["docs/python.md", "docs/recipes.md"]
OTHERS = {"numpy", "pandas", "polars", "pyarrow", "duckdb", "datasketch", "datatrove", "text_dedup"}
USES = {"to_pandas": {"pandas"}, "to_polars": {"polars"}, "to_arrow": {"pyarrow"}}


def snippets(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    for match in re.finditer(r"^```python\n(.*?)^```$", text, re.M | re.S):
        yield text.count("\n", 0, match.start()) + 2, match.group(1)


def lacking(code):
    named = set(re.findall(r"^\s*(?:import|from) (\w+)", code, re.M)) & OTHERS
    for call, modules in USES.items():
        if call in code:
            named |= modules
    missing = []
    for name in sorted(named):
        try:
            __import__(name)
        except ImportError:
            missing.append(name)
    return missing


@pytest.mark.parametrize("page", PAGES)
def test_the_snippets_of(page, monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    os.makedirs("build", exist_ok=True)
    for left in pathlib.Path("build").glob("python.db*"):
        left.unlink()
    names = {}
    skipped = set()
    ran = 0
    for line, code in snippets(page):
        if lacking(code):
            skipped.update(lacking(code))
            continue
        if "datasketch" in skipped:
            break  # what follows compares with it
        exec(compile("\n" * (line - 1) + code, page, "exec"), names)
        ran += 1
    assert ran
    if skipped:
        pytest.skip(f"{ran} snippets ran; not installed: {', '.join(sorted(skipped))}")


def test_the_readme_shows_what_its_snippet_prints(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    os.makedirs("build", exist_ok=True)
    for left in pathlib.Path("build").glob("readme.db*"):
        left.unlink()
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    code, printed = re.search(r"^```python\n(.*?)^```\n\n```text\n(.*?)^```$", text, re.M | re.S).groups()
    exec(compile(code, "README.md", "exec"), {})
    assert capsys.readouterr().out == printed


def test_the_recipes_find_the_same(monkeypatch):
    """What the others find with the snippets of the page is found here too, or is below the rule."""
    pytest.importorskip("datasketch", reason="datasketch is not installed")
    monkeypatch.chdir(ROOT)
    names = {}
    for line, code in snippets("docs/recipes.md"):
        if not lacking(code):
            exec(compile("\n" * (line - 1) + code, "docs/recipes.md", "exec"), names)
    pairs, candidates = names["pairs"], names["candidates"]
    assert len(pairs & candidates) > 0.8 * len(pairs)
    assert 0.5 < len(names["here"]) / len(names["there"]) < 2
    compared = [names[other] for other in ("trove", "groups") if other in names]
    for groups in compared:
        of = {id: number for number, ids in groups.items() for id in ids}
        together = sum(a in of and of[a] == of.get(b) for a, b in pairs)
        assert together > 0.8 * len(pairs)
    if len(compared) < 2:
        pytest.skip("compared with datasketch" + " and datatrove" * len(compared) + "; text-dedup 0.4.1 wants Python 3.12")
