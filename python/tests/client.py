"""A program that uses the package, which mypy --strict and pyright accept; test_types.py adds mistakes to it."""

from __future__ import annotations

import pathlib
from typing import Any, Dict, List, Optional

import twicetold

result: twicetold.Result = twicetold.scan("a.jsonl", resemblance=0.8, overlap="off", pairs=True, memory="2G")
table: twicetold.Table = result.pairs
row: Dict[str, Any] = table[0]
column: List[Any] = table["a"]
texts: List[Dict[str, Any]] = result.sections.text()
shown: str = result.show("a", "b")._repr_html_()

articles: List[Dict[str, object]] = [{"id": 1, "text": "x"}]
kept: List[Dict[str, object]] = twicetold.dedup(articles, keep="newest", drop=0.9)
both, removed = twicetold.dedup(articles, removed=True)
rejected: List[Dict[str, Any]] = removed.rejected
again: List[Dict[str, object]] = both
noted: List[Dict[str, Any]] = twicetold.annotate(articles, keep="newest")
files: Any = twicetold.dedup(pathlib.Path("a.jsonl"), output="kept")

with twicetold.Index("x.db", drop=0.9) as index:
    counts: Dict[str, int] = index.add(articles).counts
    nothing: None = index.add(articles, verdicts=False)
    verdicts: twicetold.Verdicts = index.query(articles)
    matches: twicetold.Matches = index.query(articles, all=True, exclude_self=True)
    newest: Optional[object] = index.stat()["newest"]



def count(index: twicetold.AnyIndex) -> int:
    return len(list(index)) + len(index) + ("a" in index) + index.expire(older_than="30d")


with twicetold.Index() as file, twicetold.Client("http://127.0.0.1:8377") as service:
    both_counts = count(file) + count(service)

found: twicetold.Matches = twicetold.match(articles, against=articles, min_section=8)
clean: twicetold.Decontaminated = twicetold.decontaminate(articles, {"set": articles})
numbers = twicetold.MinHash(num_hashes=64, threads=1).signatures(["a"])
