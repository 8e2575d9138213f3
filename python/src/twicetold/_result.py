"""The result of a scan: tables that any Arrow library reads, and that can be read without one."""

from __future__ import annotations

import html
import itertools
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from typing import Any, Dict, Iterator, List, Optional, Union, overload

from . import _core
from ._errors import InputOutputError, invalid
from ._source import Source
from ._texts import SideBySide, key_of, passage, source_again, texts_by_field, texts_of, within_fields

_SHOWN = 10  # rows of a table in a notebook


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    text = "" if value is None else str(value)
    return html.escape(text if len(text) <= 200 else text[:200] + "…")


def run_command(*words: str) -> str:
    """Runs the command that came with the package; what it prints."""
    name = "twicetold"
    folders = (sysconfig.get_path("scripts"), os.path.dirname(sys.executable))
    path = shutil.which(name, path=os.pathsep.join(folders)) or shutil.which(name)
    if path is None:
        raise InputOutputError("the command twicetold is not installed beside Python", "TT_EIO")
    done = subprocess.run([path, *words], capture_output=True, text=True)
    if done.returncode > 1:
        raise InputOutputError(done.stderr.strip() or f"twicetold {words[0]} failed", "TT_EIO")
    return done.stdout


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

    @overload
    def __getitem__(self, key: int) -> Dict[str, Any]: ...

    @overload
    def __getitem__(self, key: Union[str, slice]) -> List[Any]: ...

    def __getitem__(self, key: Union[int, str, slice]) -> Any:
        """A row by its number, rows by a slice, or the values of a column by its name."""
        if isinstance(key, str):
            if key not in self.columns:
                raise KeyError(f"{key!r}; the columns are {', '.join(map(repr, self.columns))}")
            return [row[key] for row in self]
        if isinstance(key, slice):
            start, stop, step = key.indices(len(self))
            return list(itertools.islice(self, start, stop, step)) if step > 0 else list(self)[key]
        number = key + len(self) if key < 0 else key
        if not 0 <= number < len(self):
            raise IndexError(f"row {key} of {len(self)}")
        return next(itertools.islice(self, number, None))

    def head(self, rows: int = 5) -> List[Dict[str, Any]]:
        """The first rows."""
        return list(itertools.islice(self, rows))

    @property
    def schema(self) -> Any:
        """The names and types of the columns, a pyarrow.Schema."""
        import pyarrow

        return pyarrow.RecordBatchReader.from_stream(self).schema

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


_NUMBERS = ["resemblance", "containment_a", "containment_b", "overlap_a", "overlap_b", "facts", "conflicts", "differ"]
_REMOVED = ["resemblance", "containment", "containment_of", "overlap", "overlap_of", "facts", "conflicts", "differ"]


class Sections(Table):
    """The passages that occur more than once."""

    def __init__(self, owner: _core.Result, columns: List[str], rows: int, source: Optional[Source]):
        super().__init__(owner, 2, "sections", columns, rows)
        self._source = source

    def text(self, articles: Any = None) -> List[Dict[str, Any]]:
        """A dict for each section: section, tokens, count (of its occurrences), text (that of the first).

        articles: what was scanned, where that was a stream that cannot be read again."""
        first = [(row, row["occurrences"][0]) for row in self]
        texts = texts_of(source_again(self._source, articles), {place["article"] for _, place in first})
        return [
            {
                "section": row["section"],
                "tokens": row["tokens"],
                "count": len(row["occurrences"]),
                "text": passage(texts[key_of(place["article"])], place["begin"], place["end"]),
            }
            for row, place in first
        ]

    def places(self, articles: Any = None) -> List[Dict[str, Any]]:
        """A dict for each occurrence: section, article, column, begin, end, where a scan joined several fields: the
        field that the passage is in, and its bytes of that field's text. One that is in two fields has two dicts."""
        found = [(row["section"], place) for row in self for place in row["occurrences"]]
        source = source_again(self._source, articles)
        fields = texts_by_field(source, {place["article"] for _, place in found})
        return [
            {"section": section, "article": place["article"], "column": name, "begin": begin, "end": end}
            for section, place in found
            for name, begin, end in within_fields(fields, key_of(place["article"]), place["begin"], place["end"])
        ]


class Removed(Table):
    """The articles that are left out; `rejected` has those that were compared with nothing, and kept."""

    def __init__(self, owner: _core.Result, columns: List[str], rejected: List[Dict[str, Any]]):
        super().__init__(owner, 3, "removed", columns, None)
        self.rejected = rejected


class Result:
    """The result of a scan. Extents are half-open, in bytes of the article's UTF-8 text.

    Columns of ids are int64 (uint64) if the ids of all articles are integers that fit, else strings. A number is
    null if the options did not need it.

    `rejected` lists the articles that were not accepted: row, file, line, id, status, reason. `remarks` lists what the
    reader says of files: count, remark, and file and line of the first record that it is about. A time that has no zone
    and is taken for UTC is one, files that a directory has and that are not read are another.
    """

    def __init__(
        self,
        result: _core.Result,
        rejected: List[Dict[str, Any]],
        read: float,
        total: float,
        source: Optional[Source] = None,
        remarks: Optional[List[Dict[str, Any]]] = None,
    ):
        self._result = result
        self._source = source
        self._times = len(rejected), read, total
        self.rejected: List[Dict[str, Any]] = rejected
        self.remarks: List[Dict[str, Any]] = remarks or []
        self.summary: Dict[str, Any] = result.summary(*self._times)

    def _table(self, kind: int, name: str, columns: List[str]) -> Table:
        if not self.summary["options"][name]:
            raise invalid(f"{name} were not looked for; give {name}=True, or none of pairs, clusters and sections")
        return Table(self._result, kind, name, columns, self.summary[name])

    @property
    def pairs(self) -> Table:
        """a, b, relation ("identical", "near", "contains", "contained", "series", "related", "boilerplate"), resemblance,
        containment_a, containment_b, overlap_a, overlap_b, facts: shares from 0 to 1; conflicts: how many facts of the
        common text differ; differ: the first eight of them, a list of structs of kind ("numeral", "date", "name"),
        begin_a, end_a, begin_b, end_b."""
        return self._table(0, "pairs", ["a", "b", "relation", *_NUMBERS])

    @property
    def clusters(self) -> Table:
        """cluster (from 1), keep, members: a list of ids, `keep` among them."""
        return self._table(1, "clusters", ["cluster", "keep", "members"])

    @property
    def sections(self) -> "Sections":
        """section (from 1), tokens, kind ("story" or "notice"), places (how many it has), sources (different ones of
        its articles), occurrences: a list of structs of article, begin, end, of_begin, of_end and similarity. The
        first occurrence is the reference; its last three fields are null."""
        table = self._table(2, "sections", ["section", "tokens", "kind", "places", "sources", "occurrences"])
        return Sections(self._result, table.columns, self.summary["sections"], self._source)

    @property
    def notices(self) -> Table:
        """The notices that the scan has learned or was given, texts that articles have which tell different news: notice
        (from 1), tokens, articles (that were seen to share it; 0: not known), article (the first of them), begin, end
        (its bytes there). The last three are null where the place is not known."""
        return Table(self._result, 4, "notices", ["notice", "tokens", "articles", "article", "begin", "end"], None)

    @property
    def removed(self) -> Removed:
        """The articles that `dedup` leaves out: id, kept (the article kept instead), relation, resemblance,
        containment, containment_of, overlap, overlap_of, facts, conflicts, differ; names that end in _of or begin with
        of_ are about the one that is kept. InvalidError if the options left out clusters or overlaps."""
        return Removed(self._result, ["id", "kept", "relation", *_REMOVED], self.rejected)

    def texts(self, ids: Any, articles: Any = None) -> Dict[Any, str]:
        """The texts of the articles with these ids, by their ids, read again from what was scanned, or `articles`."""
        wanted = list(ids)
        found = texts_of(source_again(self._source, articles), wanted)
        return {i: found[key_of(i)] for i in wanted if key_of(i) in found}

    def show(self, a: Any, b: Any, articles: Any = None) -> SideBySide:
        """Two articles next to each other, by their ids: a notebook shows their texts, with the passages that they
        share marked and the facts that differ underlined; `passages` and `differences` have the places."""
        texts = self.texts((a, b), articles)
        for i in (a, b):
            if i not in texts:
                raise invalid(f"there is no article {i!r}")
        return SideBySide((texts[a], texts[b]), (str(a), str(b)))

    def report(self, path: Union[str, "os.PathLike[str]"], articles: Any = None) -> None:
        """Makes the page that the command ``twicetold report`` makes, for a browser, of the result and the texts."""
        source = source_again(self._source, articles)
        with tempfile.TemporaryDirectory() as folder:
            lines = os.path.join(folder, "result.jsonl")
            self.write(lines)
            inputs = source.paths if source.paths is not None and source.dataset is None else None
            if inputs is None:
                inputs = [os.path.join(folder, "articles.jsonl")]
                with open(inputs[0], "w", encoding="utf-8", errors="surrogateescape") as file:
                    for name, text in texts_of(source, None).items():
                        whole = name.lstrip("-").isdigit() and self._result_has_whole_ids()
                        file.write(json.dumps({"id": int(name) if whole else name, "text": text}) + "\n")
            run_command("report", lines, *inputs, "-o", os.fspath(path))

    def _result_has_whole_ids(self) -> bool:
        row = next(iter(self._table(0, "pairs", ["a"])), None) if self.summary["pairs"] else None
        return row is None or isinstance(row["a"], int)

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
