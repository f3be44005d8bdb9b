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


Shape = Value | Entries | Either | Mapping[str, "Shape"]


def read_described(path: Path, shape: Shape) -> Any:
    """A YAML file as plain mappings and values, its keys and values as the shape reads them.

    Parameters
    ----------
    path : Path
    shape : Shape
        A mapping of known keys to shapes, `Entries`, `Either` or `Value`.

    Raises
    ------
    InputError
        If the file cannot be read, or a key or value does not fit; file and line are named.
    """
    remedy = "Correct the file, or restore it from where it came."
    try:
        loader = yaml.SafeLoader(path.read_text("utf8"))
        node = loader.get_single_node()
        return {} if node is None else _read(loader, node, shape, path, "")
    except UnicodeDecodeError as error:
        raise InputError("The file is no text in UTF-8.", remedy, file=path.name) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = _place(path, None if mark is None else mark.line)
        raise InputError("The file is no YAML from this line on.", remedy, file=place) from error
    except yaml.YAMLError as error:
        raise InputError("The file is no YAML.", remedy, file=path.name) from error


def _read(loader: Any, node: yaml.Node, shape: Shape, path: Path, key: str) -> Any:
    """A node as its shape reads it."""
    if isinstance(shape, Either):
        shape = shape.entries if isinstance(node, yaml.MappingNode) else shape.value
    if isinstance(shape, Value):
        plain = loader.construct_object(node, deep=True)
        try:
            return shape.read(plain)
        except (ValueError, TypeError) as error:
            what = f"The {f'value of {key}' if key else 'content'} is not {shape.words}."
            remedy = f"Write {shape.words}."
            raise InputError(what, remedy, file=_place(path, node.start_mark.line)) from error
    if not isinstance(node, yaml.MappingNode):
        what = f"The {f'value of {key}' if key else 'content'} is no list of entries, a name each."
        known = f"; the names are {', '.join(shape)}" if isinstance(shape, Mapping) else ""
        remedy = f"Write `name: value` for each{known}."
        raise InputError(what, remedy, file=_place(path, node.start_mark.line))
    document: dict[Any, Any] = {}
    for name_node, value_node in node.value:
        name = loader.construct_object(name_node, deep=True)
        place = _place(path, name_node.start_mark.line)
        if isinstance(shape, Entries):
            try:
                name, inner = shape.keys.read(name), shape.values
            except (ValueError, TypeError) as error:
                what = f"A key{f' under {key}' if key else ''} is not {shape.keys.words}."
                raise InputError(what, f"Write {shape.keys.words}.", file=place) from error
        elif name in shape:
            inner = shape[name]
        else:
            raise _unknown(str(name), list(shape), key, place)
        if name in document:
            raise InputError(f"The key {name} stands twice.", "Keep one of them.", file=place)
        document[name] = _read(loader, value_node, inner, path, str(name))
    return document


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
