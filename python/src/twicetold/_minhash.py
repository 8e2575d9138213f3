"""MinHash signatures as numpy arrays, for an index, store or model of the caller's."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, Dict, Iterable, Iterator, Optional, Union

from . import _core, _errors, _options
from ._progress import Progress, ProgressFunction
from ._source import Source, rejections


if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._types import MinHashOptions


def _rows(texts: Iterable[Any], field: str) -> Iterator[Any]:
    for text in texts:
        yield {field: text} if text is None or isinstance(text, (str, bytes)) else text


class MinHash:
    """Signatures as a scan computes them: the same text, options and minor version give the same values.

        m = twicetold.MinHash(num_hashes=128)
        s = m.signatures(texts)                 # numpy, uint32, (len(texts), 128)
        m.resemblance(s[0], s[1:])              # estimates, from 0 to 1

    num_hashes: values in a signature, 16 to 1024. shingle_tokens: words in a shingle, 1 to 64. seed: of every
    hash, below 2^64. paragraphs, max_article_bytes, threads: as for `scan`. Two signatures are comparable
    if the first four are the same.

    The share of equal values estimates the Jaccard resemblance J of two texts' sets of shingles, without
    bias, with a standard error of sqrt(J (1 - J) / num_hashes). One permutation hashing (Li, Owen, Zhang 2012),
    with a separate permutation (Broder 1997) for each bin that stays empty.
    """

    def __init__(self, num_hashes: int = 128, shingle_tokens: int = 5, seed: Union[int, str] = 0, **options: Unpack[MinHashOptions]):
        given: Dict[str, Any] = dict(options, shingle_tokens=shingle_tokens, seed=seed)
        if "hashes" not in options:
            given["num_hashes"] = num_hashes
        self._options = _options.of_minhash(given)
        self.num_hashes: int = self._options["num_hashes"]
        self.shingle_tokens: int = self._options["shingle_tokens"]
        self.seed: int = self._options["seed"]
        _core.Signatures(self._options, None)  # checks them together

    def signatures(
        self, texts: Any, text: str = "text", *, progress: Union[bool, None, ProgressFunction] = None
    ) -> Any:
        """A row for each text: a new numpy array of uint32 of shape (texts, num_hashes).

        texts: an iterable of str (or UTF-8 bytes) or of mappings with the field `text`, or Arrow data
        with the column `text`, which is not copied. The row of a text without words is filled with 2^32 - 1.

        Raises FormatError (a text is missing or not UTF-8) or LimitError (over max_article_bytes), whose `where`
        is its row, from 0; InvalidError; TypeError; ImportError without numpy. The GIL is released.
        """
        import numpy

        if isinstance(texts, (str, bytes)):
            raise TypeError("give a list of texts, not one text")
        if not hasattr(texts, "__arrow_c_stream__") and hasattr(texts, "__iter__") and not isinstance(texts, dict):
            texts = _rows(texts, text)
        source = Source(texts, None, text)
        with Progress(progress) as shown:
            feed = _core.Signatures(self._options, shown.call)
            source.feed(feed, self._options)
        for r in rejections(feed):
            kind = _errors.LimitError if r["status"] == "TT_ELIMIT" else _errors.FormatError
            raise kind(f"text {r['row']}: {r['reason']}", r["status"], r["row"])
        return numpy.frombuffer(feed.finish(), numpy.uint32).reshape(-1, self.num_hashes)

    @property
    def hashes(self) -> int:
        """The old name of num_hashes, until 0.3."""
        warnings.warn("MinHash.hashes is now MinHash.num_hashes", DeprecationWarning, stacklevel=2)
        return self.num_hashes

    @staticmethod
    def resemblance(a: Any, b: Any) -> Any:
        """The share of equal values along the last axis: a float for two signatures; an array for arrays of
        signatures, which numpy broadcasts."""
        import numpy

        return (numpy.asarray(a) == numpy.asarray(b)).mean(axis=-1)

    def __eq__(self, other: Optional[object]) -> bool:
        return isinstance(other, MinHash) and self._options == other._options

    def __hash__(self) -> int:
        return hash((self.num_hashes, self.shingle_tokens, self.seed))

    def __repr__(self) -> str:
        return f"MinHash(num_hashes={self.num_hashes}, shingle_tokens={self.shingle_tokens}, seed={self.seed})"
