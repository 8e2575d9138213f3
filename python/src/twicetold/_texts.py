"""The texts of articles, found again by the ids that results name them by, and passages of them."""

from __future__ import annotations

import html
from typing import Any, Dict, Iterable, List, Optional, Tuple

from . import _core
from ._errors import InvalidError, invalid
from ._source import BETWEEN, Source


_SIDES = ("begin_a", "end_a", "begin_b", "end_b")


def key_of(id: Any) -> str:
    """An id as it is in a result file."""
    return str(int(id)) if isinstance(id, float) else str(id)


def texts_of(source: Source, ids: Optional[Iterable[Any]]) -> Dict[str, str]:
    """The texts of the articles with these ids, or of all, by the ids as strings. An article that has no id is named
    by its row."""
    wanted = None
    if ids is not None:
        keys = {key_of(i) for i in ids}
        wanted = {k.encode("utf-8", "surrogateescape") for key in keys for k in (key, f"row {key}")}
    feed = _core.Texts(wanted)
    source.feed(feed, {})
    out: Dict[str, str] = {}
    for name, text in feed.finish().items():
        key = name.decode("utf-8", "surrogateescape")
        out[key] = text.decode("utf-8", "replace")
        if key.startswith("row "):
            out.setdefault(key[4:], out[key])
    return out


def texts_by_field(source: Source, ids: Iterable[Any]) -> Dict[str, Dict[str, str]]:
    """The texts of each of the fields that are joined, as `texts_of` gives them."""
    wanted, found = list(ids), {}
    given = source.paths if source.paths is not None else source.given
    for name in source.fields.texts:
        try:
            found[name] = texts_of(Source(given, source.fields.id, name), wanted)
        except InvalidError:  # no article has this one
            pass
    return found


def within_fields(fields: Dict[str, Dict[str, str]], id: str, begin: int, end: int) -> List[Tuple[str, int, int]]:
    """The fields that bytes of a joined text are in, and where in them."""
    out, at = [], 0
    for name, texts in fields.items():
        size = len(texts.get(id, "").encode())
        if size and begin < at + size and at < end:
            out.append((name, max(begin - at, 0), min(end - at, size)))
        at += size + len(BETWEEN) if size else 0
    return out


def passage(text: str, begin: int, end: int) -> str:
    """The passage at bytes of a text."""
    return text.encode()[begin:end].decode("utf-8", "replace")


def _underlined(raw: bytes, begin: int, end: int, places: List[Tuple[int, int]]) -> str:
    """Bytes of a text in HTML, with the places in it underlined."""
    parts, last = [], begin
    for a, b in sorted(places):
        if last <= a < b <= end:
            parts.append(html.escape(raw[last:a].decode("utf-8", "replace")))
            parts.append(f'<u style="text-decoration-color:#c00">{html.escape(raw[a:b].decode("utf-8", "replace"))}</u>')
            last = b
    parts.append(html.escape(raw[last:end].decode("utf-8", "replace")))
    return "".join(parts)


def source_again(source: Optional[Source], articles: Any) -> Source:
    """What texts are to be read from: `articles`, or what a result was made from, if it can be read again."""
    if articles is not None:
        if source is None:
            return Source(articles, "id", "text")
        return Source(articles, source.fields.id, source.fields.text)
    if source is None or not source.is_readable_again():
        raise invalid("the articles were read from a stream; give them again, as articles=")
    return source


class SideBySide:
    """Two articles next to each other: a notebook shows them with the passages that they share in the same colours and
    the facts that differ underlined. Printed, they are the passages and the differences."""

    def __init__(self, texts: Tuple[str, str], names: Tuple[str, str]):
        self.texts, self.names = texts, names
        passages, differences = _core.align(texts[0].encode(), texts[1].encode(), 8)
        self.passages: List[Dict[str, int]] = [dict(zip(_SIDES, p)) for p in passages]
        self.differences: List[Dict[str, Any]] = [
            {"kind": kind, **dict(zip(_SIDES, places)), "a": passage(texts[0], *places[:2]), "b": passage(texts[1], *places[2:])}
            for kind, *places in differences
        ]

    def __repr__(self) -> str:
        lines = [f"{self.names[0]} | {self.names[1]}"]
        for p in self.passages:
            lines.append(f"  {p['begin_a']}-{p['end_a']} | {p['begin_b']}-{p['end_b']}: "
                         + " ".join(passage(self.texts[1], p["begin_b"], p["end_b"]).split())[:100])
        lines += [f"  {d['kind']}: {d['a']} | {d['b']}" for d in self.differences]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        spans = [tuple(p[side] for side in _SIDES) for p in self.passages]
        return _side_by_side(self.texts, spans, self.names, self.differences)


def _side_by_side(texts: Tuple[str, str], spans: List[Any], names: Tuple[str, str], differences: List[Any]) -> str:
    """Two texts in HTML, next to each other, with what they share marked in the same colour."""
    colours = ("#cfe8ff", "#d9f2d0", "#ffe9b8", "#f3d3ee", "#d6e0f5", "#ffd8cc")
    columns = []
    for side in (0, 1):
        raw = texts[side].encode()
        marks = sorted((s[2 * side], s[2 * side + 1], n) for n, s in enumerate(spans))
        parts, last = [], 0
        for begin, end, n in marks:
            begin = max(begin, last)
            if begin >= end:
                continue
            parts.append(html.escape(raw[last:begin].decode("utf-8", "replace")))
            shared = _underlined(raw, begin, end, [(d["begin_" + "ab"[side]], d["end_" + "ab"[side]]) for d in differences])
            parts.append(f'<mark style="background:{colours[n % len(colours)]};color:#000">{shared}</mark>')
            last = end
        parts.append(html.escape(raw[last:].decode("utf-8", "replace")))
        columns.append(
            f'<td style="vertical-align:top;text-align:left;white-space:pre-wrap;width:50%">{"".join(parts)}</td>'
        )
    head = "".join(f'<th style="text-align:left">{html.escape(name)}</th>' for name in names)
    return f'<table style="width:100%"><thead><tr>{head}</tr></thead><tbody><tr>{"".join(columns)}</tr></tbody></table>'
