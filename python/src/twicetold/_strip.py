"""Articles without the passages that others have too, of which the first holder keeps his."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, Iterable, List, Literal, NamedTuple, Optional, Tuple, Union

from . import _core, _options
from ._errors import invalid
from ._progress import Progress, ProgressFunction
from ._shape import hold, replace_texts
from ._source import Articles, Source
from ._texts import key_of, passage, texts_of

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._types import StripOptions


class Stripped(NamedTuple):
    """What `strip` returns."""

    articles: Any  # as what came in
    cut: List[Dict[str, Any]]  # article, begin, end, section, text


def merged(spans: Iterable[Tuple[int, int]]) -> List[Tuple[int, int]]:
    """Spans that do not overlap, in order."""
    out: List[Tuple[int, int]] = []
    for begin, end in sorted(spans):
        if out and begin <= out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], end))
        else:
            out.append((begin, end))
    return out


def strip(
    articles: Articles,
    id: Optional[str] = "id",
    text: str = "text",
    *,
    keep: Literal["first", "none"] = "first",
    min_holders: int = 2,
    progress: Union[bool, None, ProgressFunction] = None,
    **options: Unpack[StripOptions],
) -> Stripped:
    """Cuts passages that occur more than once out of the texts.

    articles, id, text, progress, options: as for `scan`; `text` is one field, and of files not in a list or field
    within a field. keep: "first" leaves the first occurrence of each, "none" cuts that too. min_holders: only
    passages that at least so many articles have are cut; notices are what many have; 1 also cuts what one article
    repeats within itself. min_section: the shortest passage that is looked for, in tokens.

    Returns a tuple: the articles as what came in, with shorter texts; and a list of what was cut, in input order:
    article, begin and end (bytes of its text), section, text. Cuts are made between characters, with the white space
    that follows them.
    """
    resolved, sources = _options.of_scan(dict(options))
    resolved["find"] = _options.SECTIONS
    if keep not in ("first", "none"):
        raise invalid(f'keep: {keep!r} is not allowed; give "first" or "none"')
    source = Source(articles, id, text)
    if source.paths is not None and source.dataset is None:
        raise invalid("strip takes mappings, frames, tables, datasets and Parquet; read other files first")
    hold(source)
    with Progress(progress) as shown:
        feed = _core.Scan(resolved, sources, shown.call)
        source.feed(feed, resolved)
        found = feed.finish()
    from ._result import Table

    spans: Dict[str, List[Tuple[int, int, int]]] = {}
    for section in Table(found, 2, "sections", ["section", "tokens", "kind", "places", "sources", "occurrences"], None):
        places = section["occurrences"]
        if len({key_of(o["article"]) for o in places}) < min_holders:
            continue
        for o in places[1 if keep == "first" else 0 :]:
            spans.setdefault(key_of(o["article"]), []).append((o["begin"], o["end"], section["section"]))
    texts = texts_of(source, spans)
    rows = [row for row, accepted in enumerate(feed.accepted) if accepted]
    row_of = dict(zip(found.ids(), rows))
    cut: List[Dict[str, Any]] = []
    shorter: Dict[int, str] = {}
    for name, row in row_of.items():
        if name not in spans:
            continue
        raw = texts[name].encode()
        last, parts = 0, []
        for begin, end in merged((b, e) for b, e, _ in spans[name]):
            parts.append(raw[last:begin])
            last = end
            while raw[last : last + 1].isspace():
                last += 1
            number = min(s for b, e, s in spans[name] if begin <= b < end)
            cut.append({"article": name, "begin": begin, "end": end, "section": number, "text": passage(texts[name], begin, end)})
        shorter[row] = b"".join([*parts, raw[last:]]).decode("utf-8", "replace")
    return Stripped(replace_texts(source, shorter), cut)
