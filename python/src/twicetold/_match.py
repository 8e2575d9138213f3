"""Articles of one set against those of another: which of them are in it, and which tests are in training text."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Dict, List, Mapping, NamedTuple, Optional, Set, Tuple, Union

from . import _core, _options
from ._errors import DuplicateError
from ._index import Index, Matches
from ._progress import ProgressFunction
from ._result import Table
from ._shape import hold, take
from ._source import Articles, Source, Text, rejections
from ._texts import key_of, texts_of

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._types import IndexOptions

_ALL = 1 << 20  # matches of an article; more than any has
_PLACE = ("begin", "end", "of_begin", "of_end")


def match(
    articles: Articles,
    against: Union[Articles, Index],
    id: Optional[str] = "id",
    text: Text = "text",
    *,
    progress: Union[bool, None, ProgressFunction] = None,
    **options: Unpack[IndexOptions],
) -> Matches:
    """Which of the articles are in another set, and where: all matches, with numbers and extents.

    articles, against, id, text: as for `scan`; `against` may also be an `Index`, or the path of one (``.db``), which
    may be larger than memory. Articles are compared with those of `against` alone, and not with each other.
    options: those of an `Index`: resemblance, containment, overlap, facts, min_section, max_matches (default: no
    limit), shingle_tokens, seed, paragraphs, drop, threads, max_article_bytes.

    Returns a Table with a row for each pair, in the order of the articles. An `against` that is no Index is held in
    memory, with its texts.
    """
    if isinstance(against, Index):
        return against.query(articles, id, text, all=True, progress=progress)
    if isinstance(against, (str, os.PathLike)) and os.fspath(against).endswith(".db"):
        with Index(against, read_only=True, create=False) as index:
            return index.query(articles, id, text, all=True, progress=progress)
    given: Dict[str, Any] = dict(options)
    given.setdefault("max_matches", _ALL)
    others = Source(against, id, text)
    hold(others)
    with _index_of(others, given, progress) as index:
        found, feed = index._feed(Source(articles, id, text), progress, False, True, lists_matches=True)
        assert found is not None
        return Matches(found, rejections(feed), _copies(index, others))


def _copies(index: Index, source: Source) -> Dict[Any, List[Tuple[Any, bool]]]:
    """Of each article that others have the same words as, those others. The index names the first for all of them."""
    stat = index.stat()
    if stat["distinct"] == stat["articles"]:
        return {}
    feed = _core.Scan(_options.of_copies(index.options), None, None)
    source.feed(feed, {})
    groups: Dict[Any, List[Any]] = {}
    for pair in Table(feed.finish(), 0, "pairs", ["a", "b"], None):
        if pair["relation"] == "identical":
            groups.setdefault(pair["a"], []).append(pair["b"])
    texts = texts_of(source, [i for first, others in groups.items() for i in (first, *others)])
    return {
        first: [(other, texts[key_of(other)] == texts[key_of(first)]) for other in others]
        for first, others in groups.items()
    }


def _index_of(source: Source, options: Dict[str, Any], progress: Union[bool, None, ProgressFunction]) -> Index:
    """An index in memory of articles, all of which have ids."""
    index = Index(**options)
    _, feed = index._feed(source, progress, True, True, False)
    accepted = sum(feed.accepted)
    if len(index) != accepted:
        raise DuplicateError(
            f"{accepted - len(index)} of {accepted} articles to compare with have an id that another one has; with "
            "id=None articles are named by their rows",
            "TT_EDUPLICATE",
        )
    return index


class Decontaminated(NamedTuple):
    """What `decontaminate` returns."""

    kept: Any  # the articles that hold no test, as what came in
    hits: List[Dict[str, Any]]  # set, test, article, share, begin, end, of_begin, of_end
    counts: Dict[str, Dict[str, int]]  # of each set: tests, found


def decontaminate(
    articles: Articles,
    tests: Any,
    id: Optional[str] = "id",
    text: Text = "text",
    *,
    share: float = 0.8,
    progress: Union[bool, None, ProgressFunction] = None,
    **options: Unpack[IndexOptions],
) -> Decontaminated:
    """Removes the articles that contain a test, such as a benchmark question, however it is embedded and wrapped.

    articles, id, text: as for `scan`. tests: the same, or a dict of such sets by their names, {"mmlu": questions};
    their fields have the names `id` and `text` too. share: how much of a test's text an article must have.
    options: as for `match`; min_section, the length of the shortest passage that is found, is 8 tokens.

    Returns a tuple: `kept`, the articles that hold no test, as what came in; `hits`, a dict for each test in an
    article: set, test, article, share, and the place of its longest passage, begin and end in bytes of the article's
    text, of_begin and of_end in the test's; `counts`, by set, how many tests there are and were found.
    """
    named = isinstance(tests, dict) and not any(n in tests for n in [text] if isinstance(text, str))
    sets: Mapping[str, Any] = tests if named else {"tests": tests}
    given: Dict[str, Any] = dict(options)
    given.setdefault("max_matches", _ALL)
    given.setdefault("min_section", 8)
    source = Source(articles, id, text)
    hold(source)
    hits: List[Dict[str, Any]] = []
    counts: Dict[str, Dict[str, int]] = {}
    kept = bytearray()
    for name, questions in sets.items():
        asked = Source(questions, id, text)
        hold(asked)
        with _index_of(asked, given, None) as index:
            found, feed = index._feed(source, progress, False, True, lists_matches=True)
            copies = _copies(index, asked)
        assert found is not None
        texts = texts_of(asked, None)
        matches = Matches(found, rejections(feed), copies)
        of_set = [hit for hit in (_hit(name, m, texts, share) for m in matches) if hit is not None]
        kept = kept or bytearray(b"\1" * len(feed.accepted))
        _clear_rows(kept, feed.accepted, found, {hit["article"] for hit in of_set})
        hits += of_set
        counts[name] = {"tests": len(texts), "found": len({hit["test"] for hit in of_set})}
    return Decontaminated(take(source, bytes(kept)), hits, counts)


def _clear_rows(kept: bytearray, accepted: bytes, found: _core.Verdicts, gone: Set[Any]) -> None:
    """Clears the bytes of the articles that are to go."""
    ids = Table(found, 0, "verdicts", ["id"], None)["id"]
    if len(set(ids)) != len(ids):
        twice = next(i for i in ids if ids.count(i) > 1)
        raise DuplicateError(f"the id {twice} is that of several articles; give id=None", "TT_EDUPLICATE")
    names = iter(ids)
    for row, is_accepted in enumerate(accepted):
        if is_accepted and next(names) in gone:
            kept[row] = 0


def _hit(name: str, m: Dict[str, Any], texts: Dict[str, str], share: float) -> Optional[Dict[str, Any]]:
    """A match as a hit, if the article has so much of the test."""
    size = len(texts[key_of(m["of"])].encode())
    covered = 0
    last = 0
    for begin, end in sorted((p["of_begin"], p["of_end"]) for p in m["passages"]):
        covered += max(0, end - max(begin, last))
        last = max(last, end)
    found = max(covered / size if size else 0.0, m["containment_of"] or 0.0, m["overlap_of"] or 0.0)
    if found < share:
        return None
    place = max(m["passages"], key=lambda p: p["end"] - p["begin"], default=dict.fromkeys(_PLACE))
    return {"set": name, "test": m["of"], "article": m["id"], "share": min(found, 1.0), **{k: place[k] for k in _PLACE}}
