"""The result of a scan: tables that any Arrow library reads, and that can be read without one."""

from __future__ import annotations

import html
import os
import tempfile
from typing import Any, Dict, Iterator, List, Optional, Union

from . import _core
from ._errors import InputOutputError, invalid

_SHOWN = 10  # rows of a table in a notebook


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    text = "" if value is None else str(value)
    return html.escape(text if len(text) <= 200 else text[:200] + "…")


class Table:
    """Rows of one kind, which are read from the result on demand.

    Whatever reads `__arrow_c_stream__` reads a table: ``pyarrow.table(t)``, ``polars.DataFrame(t)``, and through
    either of these DuckDB's replacement scans. ``len(t)`` counts the rows; iteration gives a dict for each.
    A table keeps its result alive and may be used in any thread.
    """

    def __init__(
        self, owner: Union[_core.Result, _core.Verdicts], kind: int, name: str, columns: List[str], rows: Optional[int]
    ):
        self._owner = owner
        self._kind = kind
        self._rows = rows
        self.name = name
        self.columns = columns

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        """An Arrow C stream, as a capsule; `requested_schema` is ignored."""
        return self._owner.stream(self._kind)

    def __len__(self) -> int:
        if self._rows is None:
            self._rows = sum(1 for _ in self)
        return self._rows

    def __iter__(self) -> Iterator[Dict[str, Any]]:
        stream = self._owner.stream(self._kind)
        while True:
            rows = _core.next_rows(stream)
            if rows is None:
                return
            yield from rows

    def to_arrow(self) -> Any:
        """A pyarrow.Table (needs pyarrow)."""
        import pyarrow

        return pyarrow.table(self)

    def to_pandas(self) -> Any:
        """A pandas.DataFrame, through pyarrow if it is installed."""
        import pandas

        try:
            import pyarrow
        except ImportError:
            return pandas.DataFrame(list(self), columns=self.columns)
        return pyarrow.table(self).to_pandas()

    def to_polars(self) -> Any:
        """A polars.DataFrame (needs polars 1.3 or later)."""
        import polars

        return polars.DataFrame(self)

    def __repr__(self) -> str:
        return f"<twicetold.Table {self.name}: {len(self)} rows of {', '.join(self.columns)}>"

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{html.escape(c)}</th>" for c in self.columns)
        body: List[str] = []
        for row in self:
            if len(body) == _SHOWN:
                break
            body.append("<tr>" + "".join(f"<td>{_cell(row[c])}</td>" for c in self.columns) + "</tr>")
        count = len(self)
        shown = f", the first {_SHOWN}" if count > _SHOWN else ""
        return (
            f"<table><caption>{self.name}: {count:,} rows{shown}</caption>"
            f"<thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table>"
        )


_NUMBERS = ["resemblance", "containment_a", "containment_b", "overlap_a", "overlap_b", "facts", "conflicts"]
_REMOVED = ["resemblance", "containment", "containment_of", "overlap", "overlap_of", "facts", "conflicts"]


class Removed(Table):
    """The articles that are left out; `rejected` has those that were compared with nothing, and kept."""

    def __init__(self, owner: _core.Result, columns: List[str], rejected: List[Dict[str, Any]]):
        super().__init__(owner, 3, "removed", columns, None)
        self.rejected = rejected


class Result:
    """The result of a scan. Extents are half-open, in bytes of the article's UTF-8 text.

    Columns of ids are int64 (uint64) if the ids of all articles are integers that fit, else strings. A number is
    null if the options did not need it.
    """

    def __init__(self, result: _core.Result, rejected: List[Dict[str, Any]], read: float, total: float):
        self._result = result
        self._times = len(rejected), read, total
        self.rejected: List[Dict[str, Any]] = rejected
        self.summary: Dict[str, Any] = result.summary(*self._times)

    def _table(self, kind: int, name: str, columns: List[str]) -> Table:
        if not self.summary["options"][name]:
            raise invalid(f"{name} were not looked for; give {name}=True, or none of pairs, clusters and sections")
        return Table(self._result, kind, name, columns, self.summary[name])

    @property
    def pairs(self) -> Table:
        """a, b, relation ("identical", "near", "contains", "contained", "series"), resemblance,
        containment_a, containment_b, overlap_a, overlap_b, facts: shares from 0 to 1; conflicts: how many facts of the
        common text differ."""
        return self._table(0, "pairs", ["a", "b", "relation", *_NUMBERS])

    @property
    def clusters(self) -> Table:
        """cluster (from 1), keep, articles: a list of ids, `keep` among them."""
        return self._table(1, "clusters", ["cluster", "keep", "articles"])

    @property
    def sections(self) -> Table:
        """section (from 1), tokens, occurrences: a list of structs of article, begin, end, of_begin, of_end and
        similarity. The first occurrence is the reference; its last three fields are null."""
        return self._table(2, "sections", ["section", "tokens", "occurrences"])

    @property
    def removed(self) -> Removed:
        """The articles that `dedup` leaves out: id, kept (the article kept instead), relation, resemblance,
        containment, containment_of, overlap, overlap_of, facts, conflicts; names that end in _of are about the one
        that is kept. InvalidError if the options left out clusters or overlaps."""
        return Removed(self._result, ["id", "kept", "relation", *_REMOVED], self.rejected)

    def write(self, path: Union[str, "os.PathLike[str]"]) -> None:
        """Writes the result as JSON Lines, as the command does: to a new file, which then replaces `path`."""
        target = os.fspath(path)
        try:
            fd, beside = tempfile.mkstemp(prefix=".twicetold-", dir=os.path.dirname(target) or ".")
        except OSError as error:
            raise InputOutputError(f"{target}: {error.strerror}", "TT_EIO") from None
        try:
            try:
                umask = os.umask(0)
                os.umask(umask)
                os.fchmod(fd, 0o666 & ~umask)
                self._result.write(fd, *self._times)
            finally:
                os.close(fd)
            os.replace(beside, target)
        except BaseException:
            os.unlink(beside)
            raise

    def __repr__(self) -> str:
        s = self.summary
        return (
            f"<twicetold.Result of {s['articles']} articles: {s['pairs']} pairs, {s['clusters']} clusters, "
            f"{s['sections']} sections, {s['rejected']} rejected>"
        )

    def _repr_html_(self) -> str:
        sought = self.summary["options"]
        tables = [getattr(self, name) for name in ("pairs", "clusters", "sections") if sought[name]]
        return f"<p>{html.escape(repr(self)[1:-1])}</p>" + "".join(t._repr_html_() for t in tables)
