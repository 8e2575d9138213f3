"""Every snippet of the pages runs, in order, from the root of the repository."""

import os
import pathlib
import re

import pytest
from conftest import ROOT

OTHERS = {"numpy", "pandas", "polars", "pyarrow", "duckdb", "datasketch", "datatrove", "text_dedup", "rensa", "semhash"}
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


def run(page):
    """Runs what can be: the names that the snippets leave, and the modules that some of them lack."""
    os.makedirs("build", exist_ok=True)
    names, missing = {}, set()
    for line, code in snippets(page):
        if lacking(code):
            missing.update(lacking(code))
        elif "datasketch" not in missing:  # what follows compares with it
            exec(compile("\n" * (line - 1) + code, page, "exec"), names)
    assert names
    return names, missing


def test_the_snippets_of_the_page_on_python(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    for left in pathlib.Path("build").glob("python.db*"):
        left.unlink()
    missing = run("docs/python.md")[1]
    if missing:
        pytest.skip(f"the rest ran; not installed: {', '.join(sorted(missing))}")


def test_the_tutorials(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    missing = run("docs/tutorials.md")[1]
    if missing:
        pytest.skip(f"the rest ran; not installed: {', '.join(sorted(missing))}")


def test_every_public_name_is_in_the_reference():
    """docs/api.md, from which mkdocs makes pages of the docstrings (mkdocs.yml)."""
    import twicetold

    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    named = set(re.findall(r"^::: twicetold\.([A-Za-z]\w*)$", text, re.M))
    errors = {n for n in twicetold.__all__ if n.endswith("Error")}
    assert set(twicetold.__all__) - errors - named <= {"eval"} and named <= set(twicetold.__all__)
    assert all(getattr(twicetold, n).__doc__ for n in named)


def test_the_readme_shows_what_its_snippet_prints(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    os.makedirs("build", exist_ok=True)
    for left in pathlib.Path("build").glob("readme.db*"):
        left.unlink()
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    code, printed = re.search(r"^```python\n(.*?)^```\n\n```text\n(.*?)^```$", text, re.M | re.S).groups()
    exec(compile(code, "README.md", "exec"), {})
    assert capsys.readouterr().out == printed


def test_the_recipes(monkeypatch, capsys):
    """They run, and what the others find with them is found here too, or is below the rule."""
    monkeypatch.chdir(ROOT)
    names, missing = run("docs/recipes.md")
    if "pairs" in names:
        pairs, candidates = names["pairs"], names["candidates"]
        assert len(pairs & candidates) > 0.8 * len(pairs)
        assert len(pairs & names.get("proposed", pairs)) > 0.8 * len(pairs)
        assert 0.5 < len(names["here"]) / len(names["there"]) < 2
    for groups in (names[other] for other in ("trove", "groups") if other in names):
        of = {id: number for number, ids in groups.items() for id in ids}
        together = sum(a in of and of[a] == of.get(b) for a, b in pairs)
        assert together > 0.8 * len(pairs)
    if "removed" in names:
        assert {a["id"] for a in names["articles"]} - set(names["removed"]["id"]) == {a["id"] for a in names["kept"]}
        assert names["curated"].count_rows() == len(names["kept"]) and len(names["groups_of"]) == len(names["articles"])
    if "of_them" in names:
        assert len(names["of_them"] & set(names["removed"]["id"])) > 0.6 * len(names["removed"])
    if missing:
        pytest.skip(f"the rest ran; not installed: {', '.join(sorted(missing))} (text-dedup wants Python 3.12)")
