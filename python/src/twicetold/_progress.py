"""The values of `progress=`: None, a callable, or True for a bar."""

from __future__ import annotations

import warnings
from typing import Any, Callable, Optional, Union

ProgressFunction = Callable[[str, int, int], Any]


class Progress:
    """A context manager; `.call` is what the library calls, or None."""

    def __init__(self, wanted: Union[bool, None, ProgressFunction]):
        self._bar: Any = None
        self._make: Any = None
        self.call: Optional[ProgressFunction] = None
        if callable(wanted):
            self.call = wanted
        elif wanted:
            try:
                from tqdm.auto import tqdm
            except ImportError:
                warnings.warn("progress=True shows a bar only where tqdm is installed", stacklevel=4)
            else:
                self._make = tqdm
                self.call = self._show

    def _show(self, stage: str, done: int, total: int) -> None:
        if self._bar is None or self._bar.desc != stage + ": ":
            self._close()
            self._bar = self._make(desc=stage, total=total or None, leave=False, unit_scale=True)
        self._bar.total = total or None
        self._bar.update(done - self._bar.n)

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.close()

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, *exception: Any) -> None:
        self._close()
