"""Small YAML files, ours or a user's, read against a declared shape: what does not fit is an error
with file and line, never a value that is passed over.
"""

import difflib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bpsstats.errors import InputError
from bpsstats.reprs import SizesOnly

AREA_DIGITS = 4
MAP = "tag:yaml.org,2002:map"
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the one in C takes a tenth of the time


@dataclass(frozen=True, slots=True, repr=False)
class Value(SizesOnly):
    """One value: how it is said in words, and what is made of it; `read` raises ValueError."""

    words: str
    read: Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Entries:
    """Any number of entries of one shape, under keys that are read as well."""

    keys: Value
    values: "Shape"


@dataclass(frozen=True, slots=True)
class Either:
    """A mapping of one shape, or a single value."""

    entries: Entries
    value: Value


@dataclass(frozen=True, slots=True)
class Items:
    """A list of one entry of a shape or more, each on a line that begins with a dash."""

    each: "Shape"


@dataclass(frozen=True, slots=True)
class Needed:
    """What a known key must have: an entry without it is an error."""

    shape: "Shape"


Shape = Value | Entries | Either | Items | Needed | Mapping[str, "Shape"]


def read_described(path: Path, shape: Shape) -> Any:
    """A YAML file as plain mappings and values, its keys and values as the shape reads them.

    Parameters
    ----------
    path : Path
    shape : Shape
        A mapping of known keys to shapes, `Needed` ones among them; `Entries`, `Items`, `Either` or
        `Value`.

    Raises
    ------
    InputError
        If the file cannot be read, a key or value does not fit, or a needed one is not there; file
        and line are named.
    """
    remedy = "Correct the file, or restore it from where it came."
    text = ""
    try:
        text = path.read_text("utf8")
        loader = LOADER(text)
        start = yaml.Mark(path.name, 0, 0, 0, None, 0)
        node = loader.get_single_node() or yaml.MappingNode(MAP, [], start)
        return _read(loader, node, shape, path, "")
    except OSError as error:
        what = f"The file cannot be read: {error.strerror}."
        raise InputError(what, remedy, file=path.name) from error
    except UnicodeDecodeError as error:
        raise InputError("The file is no text in UTF-8.", remedy, file=path.name) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        # What is missing at the end of a file is told of its last line.
        last = len(text.splitlines()) - 1
        place = _place(path, None if mark is None else min(mark.line, last))
        raise InputError("The file is no YAML from this line on.", remedy, file=place) from error
    except yaml.YAMLError as error:
        raise InputError("The file is no YAML.", remedy, file=path.name) from error


def _read(loader: Any, node: yaml.Node, shape: Shape, path: Path, key: str) -> Any:
    """A node as its shape reads it."""
    if isinstance(shape, Needed):
        return _read(loader, node, shape.shape, path, key)
    if isinstance(shape, Either):
        shape = shape.entries if isinstance(node, yaml.MappingNode) else shape.value
    if isinstance(shape, Value):
        what = f"The {f'value of {key}' if key else 'content'} is not {shape.words}."
        return _plain(loader, node, shape, what, path)
    if isinstance(shape, Items):
        if not isinstance(node, yaml.SequenceNode) or not node.value:
            what = f"The {f'value of {key}' if key else 'content'} is no list."
            remedy = "Write one entry on each line, after a dash."
            raise InputError(what, remedy, file=_place(path, node.start_mark.line))
        return [_read(loader, each, shape.each, path, key) for each in node.value]
    if not isinstance(node, yaml.MappingNode):
        what = f"The {f'value of {key}' if key else 'content'} is no list of entries, a name each."
        known = f"; the names are {', '.join(shape)}" if isinstance(shape, Mapping) else ""
        remedy = f"Write `name: value` for each{known}."
        raise InputError(what, remedy, file=_place(path, node.start_mark.line))
    document: dict[Any, Any] = {}
    for name_node, value_node in node.value:
        place = _place(path, name_node.start_mark.line)
        if isinstance(shape, Entries):
            what = f"A key{f' under {key}' if key else ''} is not {shape.keys.words}."
            name, inner = _plain(loader, name_node, shape.keys, what, path), shape.values
        else:
            name = name_node.value if isinstance(name_node, yaml.ScalarNode) else "?"
            if name not in shape:
                raise _unknown(name, list(shape), key, place)
            inner = shape[name]
        if name in document:
            raise InputError(f"The key {name} stands twice.", "Keep one of them.", file=place)
        document[name] = _read(loader, value_node, inner, path, str(name))
    if isinstance(shape, Mapping):
        _refuse_gaps(document, shape, key, _place(path, node.start_mark.line))
    return document


def _plain(loader: Any, node: yaml.Node, value: Value, what: str, path: Path) -> Any:
    """A key or a value; YAML itself refuses some, as a day that no month has."""
    try:
        return value.read(loader.construct_object(node, deep=True))
    except (ValueError, TypeError) as error:
        place = _place(path, node.start_mark.line)
        raise InputError(what, f"Write {value.words}.", file=place) from error


def _refuse_gaps(
    document: Mapping[str, Any], shape: Mapping[str, Shape], key: str, place: str
) -> None:
    """Refuse an entry without what it needs."""
    needed = {name: inner.shape for name, inner in shape.items() if isinstance(inner, Needed)}
    gaps = [name for name in needed if name not in document]
    if gaps:
        what = f"The {f'entry of {key}' if key else 'file'} has no {' and no '.join(gaps)}."
        of = {
            name: inner.words if isinstance(inner, Value) else "..."
            for name in gaps
            for inner in [needed[name]]
        }
        remedy = f"Add {' and '.join(f'`{name}: {words}`' for name, words in of.items())}."
        raise InputError(what, remedy, file=place)


def _unknown(name: str, known: Sequence[str], key: str, place: str) -> InputError:
    """The error of a key that no shape has, with the nearest known one."""
    near = difflib.get_close_matches(name, known, n=1)
    what = f"There is no key {name[:40]!r}{f' under {key}' if key else ''}."
    hint = f"Did you mean {near[0]}? " if near else ""
    return InputError(what, f"{hint}Known: {', '.join(known)}.", file=place)


def _place(path: Path, line: int | None) -> str:
    """File and line, the first line being 1."""
    return path.name if line is None else f"{path.name}, line {line + 1}"


def _area_code(value: Any) -> str:
    """A BPS code, with quotation marks or without."""
    text = f"{value:04d}" if isinstance(value, int) and not isinstance(value, bool) else value
    if not (
        isinstance(text, str) and text.isascii() and text.isdigit() and len(text) == AREA_DIGITS
    ):
        raise ValueError
    return text


def _number(value: Any) -> float:
    """A finite number, positive or not."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError
    return float(value)


def _positive(value: Any) -> float:
    """A positive finite number."""
    if not _number(value) > 0:
        raise ValueError
    return float(value)


def _share(value: Any) -> float:
    """A share, not zero."""
    if not 0 < _number(value) <= 1:
        raise ValueError
    return float(value)


def _whole(value: Any) -> int:
    """A whole number."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError
    return value


def _text(value: Any) -> str:
    """Text on one line or several, not empty."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError
    return value


AREA = Value('a BPS code of four digits, such as "6471"', _area_code)
YEAR = Value("a year of four digits, such as 2022", _whole)
WHOLE = Value("a whole number", _whole)
NUMBER = Value("a number", _number)
POSITIVE = Value("a positive number", _positive)
SHARE = Value("a share, over 0 and up to 1", _share)
TEXT = Value("text", _text)
ANYTHING = Value("anything", lambda value: value)  # what its reader looks at himself


def _flag(value: Any) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise ValueError
    return value


FLAG = Value("true or false", _flag)


def one_of(*words: str) -> Value:
    """One of a few words."""

    def read(value: Any) -> str:
        if value not in words:
            raise ValueError
        return str(value)

    return Value(" or ".join(words), read)
