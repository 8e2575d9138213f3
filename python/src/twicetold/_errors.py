"""The exceptions, one for each status of the library."""

from __future__ import annotations

from typing import Any, Dict, Optional, Tuple, Type


class Error(Exception):
    """A call failed.

    `status` is the library's name for the reason, such as ``"TT_EFORMAT"``; `where` is the byte offset, line or
    article that the failure is about, counted as the message says, or None.
    """

    status: str
    where: Optional[int]

    def __init__(self, message: str, status: str = "TT_EINTERNAL", where: Optional[int] = None):
        super().__init__(message)
        self.status = status
        self.where = where

    def __reduce__(self) -> Tuple[Any, ...]:
        return type(self), (str(self), self.status, self.where)


class InvalidError(Error, ValueError):
    """An argument or option is out of range (TT_EINVAL)."""


class OutOfMemoryError(Error, MemoryError):
    """There is not enough memory (TT_ENOMEM)."""


class InputOutputError(Error, OSError):
    """The operating system refused, or a stream failed (TT_EIO)."""


class FormatError(Error, ValueError):
    """Input is malformed (TT_EFORMAT); `where` is the byte offset or line."""


class VersionError(Error):
    """The format is one that this version does not read (TT_EVERSION)."""


class LimitError(Error, ValueError):
    """A documented limit would be exceeded (TT_ELIMIT)."""


class StoppedError(Error):
    """A callback asked to stop (TT_ESTOPPED)."""


class DuplicateError(Error, ValueError):
    """An article's id was added before (TT_EDUPLICATE)."""


class LockedError(Error, BlockingIOError):
    """Another process is writing to the index (TT_ELOCKED)."""


class InternalError(Error):
    """A defect in the library (TT_EINTERNAL); please report it."""


_BY_STATUS: Dict[int, Type[Error]] = {
    -1: InvalidError,
    -2: OutOfMemoryError,
    -3: InputOutputError,
    -4: FormatError,
    -5: VersionError,
    -6: LimitError,
    -7: StoppedError,
    -8: DuplicateError,
    -9: LockedError,
    -99: InternalError,
}


def make(status: int, name: str, message: str, where: Optional[int]) -> Error:
    """The exception of a status; called by the extension module."""
    return _BY_STATUS.get(status, Error)(message or name, name, where)


def invalid(message: str) -> InvalidError:
    return InvalidError(message, "TT_EINVAL")
