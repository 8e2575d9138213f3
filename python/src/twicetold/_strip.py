"""Articles without the passages that others have too, of which the first holder keeps his."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, Iterable, List, Literal, NamedTuple, Optional, Tuple, Union

from . import _options
from ._errors import invalid
from ._progress import ProgressFunction
from ._scan import records_to_keep, run, source_of_records
from ._shape import hold, replace_texts
from ._source import Articles, Path, Source
from ._texts import key_of, texts_of

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._types import StripOptions


_OPENING = "([\"'“‘«„"
_CLOSING = ".,;:!?)]\"'”’»…"


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


def _with_marks(raw: bytes, places: List[Tuple[int, int]]) -> List[Tuple[int, int]]:
    """Passages of a text with the marks that open and close them, which are no words."""
    out: List[Tuple[int, int]] = []
    for number, (begin, end) in enumerate(places):
        last = out[-1][1] if out else 0
        after = places[number + 1][0] if number + 1 < len(places) else len(raw)
        before = raw[last:begin].decode("utf-8", "replace")
        begin -= len(before[len(before.rstrip(_OPENING)) :].encode())
        behind = raw[end:after].decode("utf-8", "replace")
        end += len(behind[: len(behind) - len(behind.lstrip(_CLOSING))].encode())
        out.append((begin, end))
    return out


def _without(raw: bytes, places: List[Tuple[int, int]]) -> bytes:
    """A text without these passages and the white space that follows each."""
    parts, last = [], 0
    for begin, end in places:
        parts.append(raw[last:begin])
        last = end
        while raw[last : last + 1].isspace():
            last += 1
    return b"".join([*parts, raw[last:]])


def strip(
    articles: Articles,
    id: Optional[str] = "id",
    text: str = "text",
    *,
    sections: Literal["all", "notices", "within"] = "all",
    keep: Literal["first", "none"] = "first",
    min_holders: int = 2,
    progress: Union[bool, None, ProgressFunction] = None,
    notices: Optional[Path] = None,
    **options: Unpack[StripOptions],
) -> Stripped:
    """Cuts passages that occur more than once out of the texts, as ``twicetold dedup --sections``.

    articles, id, text, progress, notices, options: as for `scan`; `text` is one field, and of files not in a list or
    field within a field. sections: "all"; "notices", those of them that are notices; or "within", also what one article
    repeats within itself. keep: "first" leaves the first occurrence of each, "none" cuts that too. min_holders: only
    passages that at least so many articles have are cut; 1 is as "within". min_section: the shortest passage that is
    looked for, in tokens.

    Returns a tuple: the articles as what came in, of files the records as dicts, with shorter texts; and a list of what
    was cut, in input order: article, begin and end (bytes of its text), section, text. Cuts are made between characters,
    with the marks that open and close a passage and the white space that follows it.
    """
    resolved, sources = _options.of_scan(dict(options))
    resolved["find"] = _options.SECTIONS | _options.PAIRS
    for name, value, words in (("sections", sections, ("all", "notices", "within")), ("keep", keep, ("first", "none"))):
        if value not in words:
            raise invalid(f"{name}: {value!r} is not allowed; give " + " or ".join(f'"{w}"' for w in words))
    if not isinstance(text, str):
        raise invalid("text: strip takes one field")
    source = Source(articles, id, text)
    records = records_to_keep(source)
    hold(source)
    result, feed = run(source, resolved, sources, progress, records, notices)
    least = 1 if sections == "within" else min_holders
    spans: Dict[str, List[Tuple[int, int, int]]] = {}
    ids: Dict[str, Any] = {}
    for section in result.sections:
        places = section["occurrences"]
        if len({key_of(o["article"]) for o in places}) < least or (sections == "notices" and section["kind"] != "notice"):
            continue
        for o in places[1 if keep == "first" else 0 :]:
            ids[key_of(o["article"])] = o["article"]
            spans.setdefault(key_of(o["article"]), []).append((o["begin"], o["end"], section["section"]))
    texts = texts_of(source, spans)
    rows = [row for row, accepted in enumerate(feed.accepted) if accepted]
    row_of = dict(zip(result._result.ids(), rows))
    cut: List[Dict[str, Any]] = []
    shorter: Dict[int, str] = {}
    for name, row in row_of.items():
        if name not in spans:
            continue
        raw = texts[name].encode()
        places = _with_marks(raw, merged((b, e) for b, e, _ in spans[name]))
        for begin, end in places:
            number = min(s for b, e, s in spans[name] if begin <= b < end)
            cut.append({"article": ids[name], "begin": begin, "end": end, "section": number, "text": raw[begin:end].decode()})
        shorter[row] = _without(raw, places).decode()
    return Stripped(replace_texts(source_of_records(source, records), shorter), cut)
