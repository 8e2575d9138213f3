"""The options as keywords with their types, for editors and type checkers; nothing here is used at run time."""

from __future__ import annotations

import os
from typing import Literal, TypedDict, Union

Rule = Union[float, Literal["off"]]
Size = Union[int, str]
Paragraphs = Literal["auto", "line", "blank", "none"]


class MinHashOptions(TypedDict, total=False):
    paragraphs: Paragraphs
    max_article_bytes: Size
    threads: int


class IndexOptions(TypedDict, total=False):
    shingle_tokens: int
    seed: Union[int, Literal["random"]]
    paragraphs: Paragraphs
    max_article_bytes: Size
    threads: int
    resemblance: Rule
    containment: Rule
    overlap: Rule
    facts: Rule
    min_section: int
    max_matches: int
    drop: float
    keep_text: bool


class _Rules(TypedDict, total=False):
    resemblance: Rule
    containment: Rule
    overlap: Rule
    facts: Rule
    drop: float
    max_matches: int
    num_hashes: int
    bands: int
    shingle_tokens: int
    seed: Union[int, Literal["random"]]
    paragraphs: Paragraphs
    max_article_bytes: Size


class _Machine(TypedDict, total=False):
    threads: int
    memory: Size
    temp_dir: Union[str, "os.PathLike[str]"]


class _Keep(TypedDict, total=False):
    keep: str  # "longest", "first", "newest" or "source:NAME,NAME,..."


class _Find(TypedDict, total=False):
    min_section: int
    pairs: bool
    clusters: bool
    sections: bool
    series: bool


class StripOptions(_Rules, _Machine, total=False):
    min_section: int


class SectionOptions(StripOptions, _Keep, total=False):
    pass


class DedupOptions(_Rules, _Machine, _Keep, total=False):
    pass


class ScanOptions(_Rules, _Machine, _Keep, _Find, total=False):
    pass


class SparkOptions(_Rules, _Keep, _Find, total=False):
    pass
