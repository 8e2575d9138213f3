"""The options of the command, with `_` for `-` and num_hashes for --hashes, checked and as the library takes them."""

from __future__ import annotations

import difflib
import os
import secrets
import warnings
from typing import Any, Callable, Dict, Iterable, Optional, Tuple

from . import _core
from ._errors import invalid

_OLD_NAMES = {"hashes": "num_hashes"}  # until 0.3
_SIZES = {"": 0, "b": 0, "k": 10, "kb": 10, "kib": 10, "m": 20, "mb": 20, "mib": 20, "g": 30, "gb": 30, "gib": 30}


def _whole(value: Any, least: int, most: int, allowed: str) -> int:
    if isinstance(value, bool):
        raise ValueError(allowed)
    try:
        whole: int = value.__index__()
    except AttributeError:
        raise ValueError(allowed) from None
    if not least <= whole <= most:
        raise ValueError(allowed)
    return whole


def _number(least: int, most: int) -> Callable[[Any], int]:
    return lambda value: _whole(value, least, most, f"a whole number from {least} to {most}")


def _share(value: Any) -> float:
    if isinstance(value, (bool, str)) or not 0 < float(value) <= 1:
        raise ValueError("a number above 0 and up to 1")
    return float(value)


def _rule(value: Any) -> float:
    if isinstance(value, str) and value == "off":
        return -1.0
    try:
        return _share(value)
    except (TypeError, ValueError):
        raise ValueError('a number above 0 and up to 1, or "off"') from None


def _seed(value: Any) -> int:
    if isinstance(value, str) and value == "random":
        return secrets.randbits(53)  # which every JSON reader reads exactly
    return _whole(value, 0, 2**64 - 1, 'a whole number below 2^64, or "random"')


def _size(least: int, most: int, example: str) -> Callable[[Any], int]:
    allowed = f"bytes from {least} to {most}, as {example}"

    def check(value: Any) -> int:
        if isinstance(value, str):
            digits = value.rstrip("bBiIkKmMgG")
            shift = _SIZES.get(value[len(digits) :].lower())
            if not digits.isascii() or not digits.isdigit() or shift is None:
                raise ValueError(allowed)
            value = int(digits) << shift
        return _whole(value, least, most, allowed)

    return check


def _folder(value: Any) -> bytes:
    try:
        path = os.fsencode(value)
    except TypeError:
        path = b""
    if not path or b"\0" in path:
        raise ValueError("the path of a folder")
    return path


def _choice(words: Tuple[str, ...]) -> Callable[[Any], int]:
    quoted = [f'"{word}"' for word in words]
    allowed = ", ".join(quoted[:-1]) + " or " + quoted[-1]

    def check(value: Any) -> int:
        if value not in words:
            raise ValueError(allowed)
        return words.index(value)

    return check


def _switch(value: Any) -> int:
    if not isinstance(value, bool):
        raise ValueError("True or False")
    return int(value)


_EXAMPLES = {"max_article_bytes": '5000000, "64K" or "16MiB"', "memory": '"300M" or "2G"'}


def _check(name: str, type: str, least: int, most: int, words: Tuple[str, ...]) -> Callable[[Any], Any]:
    if type in ("count", "threads"):
        return _number(least, most)
    if type == "size":
        return _size(least, most, _EXAMPLES[name])
    if type == "choice":
        return _choice(words)
    return {"rule": _rule, "share": _share, "seed": _seed, "path": _folder, "switch": _switch}[type]


# The library's own list of options; `find` and `keep` are put together from several values.
_LIST = _core.option_list()
_FIND = {word: 1 << bit for name, _, _, _, words, _, _ in _LIST if name == "find" for bit, word in enumerate(words)}
SECTIONS, PAIRS = _FIND["sections"], _FIND["pairs"]
_OVERLAPS = 16  # computed even if no rule needs them
_KEEP = {word: i for name, _, _, _, words, _, _ in _LIST if name == "keep" for i, word in enumerate(words[:-1])}
_CHECKS: Dict[str, Callable[[Any], Any]] = {
    name: _check(name, type, least, most, words)
    for name, type, least, most, words, _, _ in _LIST
    if name not in ("find", "keep")
}
_SCAN = (*_FIND, *(name for name in _CHECKS if name != "keep_text"), "keep")
_SPARK = tuple(n for n in _SCAN if n in _FIND or any(n == o[0] and o[5] for o in _LIST))
_DEDUP = tuple(n for n in _SCAN if n not in (*_FIND, "min_section"))
SHAPE = tuple(o[0] for o in sorted(_LIST, key=lambda o: o[6]) if o[6] >= 0)
_MINHASH = ("num_hashes", "shingle_tokens", "seed", "paragraphs", "max_article_bytes", "threads")
_INDEX = (*SHAPE, "max_article_bytes", "threads")


def _keep(value: Any) -> Tuple[int, Optional[bytes]]:
    if isinstance(value, str) and value.startswith("source:") and len(value) > 7 and "\0" not in value:
        return 3, value[7:].encode()
    if value not in _KEEP:
        raise invalid(f'keep: {value!r} is not allowed; give "longest", "first", "newest" or "source:NAME,NAME,..."')
    return _KEEP[value], None


def _refuse(name: str, known: Iterable[str]) -> TypeError:
    near = difflib.get_close_matches(name, list(known), 1)
    return TypeError(f"unknown option {name!r}" + (f"; did you mean {near[0]!r}?" if near else ""))


def _resolve(given: Dict[str, Any], known: Tuple[str, ...]) -> Tuple[Dict[str, Any], Optional[bytes]]:
    """The library's options and the sources to keep. None means the default."""
    out: Dict[str, Any] = {"find": 0}
    sources = None
    for name, value in given.items():
        if _OLD_NAMES.get(name) in known:
            warnings.warn(f"the option {name} is now {_OLD_NAMES[name]}", DeprecationWarning, stacklevel=4)
            name = _OLD_NAMES[name]
            if name in given:
                raise TypeError(f"{name} is given twice")
        if name not in known:
            raise _refuse(name, known)
        if value is None:
            continue
        if name in _FIND:
            if not isinstance(value, bool):
                raise invalid(f"{name}: {value!r} is not allowed; give True or False")
            out["find"] |= _FIND[name] if value else 0
        elif name == "keep":
            out["keep"], sources = _keep(value)
        else:
            try:
                out[name] = _CHECKS[name](value)
            except (TypeError, ValueError) as error:
                raise invalid(f"{name}: {value!r} is not allowed; give {error}") from None
    return out, sources


def size_of(name: str, value: Any) -> int:
    """An option of this package alone that is a size."""
    try:
        return _size(0, 2**62, '"64M" or "4G"')(value)
    except (TypeError, ValueError) as error:
        raise invalid(f"{name}: {value!r} is not allowed; give {error}") from None


def of_scan(given: Dict[str, Any]) -> Tuple[Dict[str, Any], Optional[bytes]]:
    return _resolve(given, _SCAN)


def of_copies(options: Dict[str, Any]) -> Dict[str, Any]:
    """Of a scan that looks for articles with the same words alone, cut into words as in an index."""
    given: Dict[str, Any] = {n: options[n] for n in ("shingle_tokens", "seed", "paragraphs") if n in options}
    given.update( pairs=True, resemblance=1.0, containment="off", overlap="off", facts="off")
    return _resolve(given, _SCAN)[0]


def of_spark(given: Dict[str, Any]) -> Tuple[Dict[str, Any], Optional[bytes]]:
    return _resolve(given, _SPARK)


def of_dedup(given: Dict[str, Any]) -> Tuple[Dict[str, Any], Optional[bytes]]:
    options, sources = _resolve(given, _DEDUP)
    options["find"] = PAIRS | _FIND["clusters"] | _OVERLAPS
    return options, sources


def of_index(given: Dict[str, Any]) -> Dict[str, Any]:
    return _resolve(given, _INDEX)[0]


def of_minhash(given: Dict[str, Any]) -> Dict[str, Any]:
    return _resolve(given, _MINHASH)[0]
