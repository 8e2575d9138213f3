"""What an index in a file and a service over HTTP have in common: articles that last, and verdicts on those that come."""

from __future__ import annotations

import abc
import datetime
from typing import Any, Dict, Iterable, Iterator, List, Literal, Optional, TypeVar, Union

from ._progress import ProgressFunction
from ._source import Articles, Text

Time = Union[str, datetime.datetime, datetime.date]
Age = Union[str, datetime.timedelta]
Self = TypeVar("Self", bound="AnyIndex")


class AnyIndex(abc.ABC):
    """An `Index` or a `Client`, which code that works with both takes as this. It is a collection of articles by their ids:
    ``id in index``, ``index[id]``, ``len(index)``, iteration over the ids in the order of arrival, and ``with``."""

    @abc.abstractmethod
    def add(
        self,
        articles: Articles,
        id: Optional[str] = "id",
        text: Text = "text",
        *,
        source: Optional[str] = "source",
        published: Optional[str] = "published",
        title: Optional[str] = "title",
        verdicts: bool = True,
        progress: Union[bool, None, ProgressFunction] = None,
    ) -> Any:
        """Adds articles and gives a verdict on each, against those before it; None with `verdicts=False`."""

    @abc.abstractmethod
    def query(
        self,
        articles: Articles,
        id: Optional[str] = "id",
        text: Text = "text",
        *,
        source: Optional[str] = "source",
        published: Optional[str] = "published",
        progress: Union[bool, None, ProgressFunction] = None,
    ) -> Any:
        """Gives a verdict on each article and stores nothing."""

    @abc.abstractmethod
    def get(self, id: Union[str, int]) -> Optional[Dict[str, Any]]:
        """The article with an id, or None: id, title, text, source, version, language, pubstatus, number (its
        place in the order of arrival), published, arrival, embargoed and expires (datetimes), replacing, tokens, bytes, story, verdict (that it got: a dict, or None if none
        was asked for), decision, withdrawn. title and text are None unless the index was made with `keep_text`."""

    @abc.abstractmethod
    def articles(self, after: int = 0, *, newest_first: bool = False, texts: bool = False) -> Iterator[Dict[str, Any]]:
        """The articles as `get` has them, with their texts only on request, in the order of their arrival, and those
        alone whose number is above `after` (newest_first: below it). With the number of the last one as the next
        `after`, nothing is listed twice or left out, whatever is added or removed in between."""

    @abc.abstractmethod
    def matches(self, id: Union[str, int]) -> Any:
        """What is like an article of the index: all others that a rule admits or that share a passage, earlier and
        later ones, as `query(..., all=True)` lists them. Raises KeyError if there is no such article."""

    @abc.abstractmethod
    def story(self, number: int) -> Optional[Dict[str, Any]]:
        """A story, by the number that its articles have: number, first (the id of the article that began it), source
        (of that), sources and articles (how many). None if there is none."""

    @abc.abstractmethod
    def decide(
        self,
        id: Union[str, int],
        decision: Literal["keep", "kill", "not-a-copy", "none"],
        of: Union[str, int, None] = None,
        *,
        who: str = "",
    ) -> int:
        """Stores what an editor decided: to use an article or not ("kill": it counts as withdrawn, and so do its later
        copies), or that it is no copy of another, `of`. "none" takes it back. Returns the number of the decision."""

    @abc.abstractmethod
    def decisions(self, after: int = 0) -> List[Dict[str, Any]]:
        """The decisions whose number is above `after`, in order: number, id, decision, of, who, time."""

    @abc.abstractmethod
    def remove(self, ids: Union[str, int, Iterable[Union[str, int]], Any]) -> int:
        """Removes articles by their ids: one id, an iterable, or a column. An int is an id that was an integer.

        Returns how many were in the index; ids that are not are ignored.
        """

    @abc.abstractmethod
    def expire(self, before: Optional[Time] = None, *, older_than: Optional[Age] = None) -> int:
        """Removes articles that were published before a time or, if they have no such time, added before it.

        before: a datetime (in UTC if it has no zone), a date, or RFC 3339 text. older_than, instead: a time
        before now, as a timedelta or ``"30d"``, ``"72h"``, ``"15m"``. Returns how many were removed.
        """

    @abc.abstractmethod
    def stat(self) -> Dict[str, Any]:
        """Its size: articles; withdrawn (of these, those of which a tombstone is left); distinct (articles whose tokens
        no earlier one has); tokens; bytes (of their texts); file_bytes; memory_bytes; oldest and newest, datetimes, None if it is empty."""

    @abc.abstractmethod
    def close(self) -> None:
        """Closes it. Closing it again does nothing."""

    def __getitem__(self, id: Union[str, int]) -> Dict[str, Any]:
        found = self.get(id)
        if found is None:
            raise KeyError(id)
        return found

    def __contains__(self, id: object) -> bool:
        try:
            return self.get(id) is not None  # type: ignore[arg-type]
        except TypeError:
            return False

    def __iter__(self) -> Iterator[Union[str, int]]:
        """The ids of the articles, in the order of their arrival."""
        return (article["id"] for article in self.articles())

    def __len__(self) -> int:
        return int(self.stat()["articles"])

    def __bool__(self) -> bool:
        return True

    def __enter__(self: Self) -> Self:
        return self

    def __exit__(self, *rest: Any) -> None:
        self.close()
