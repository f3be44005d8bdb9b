"""What public functions take, held against their annotations: a wrong argument is one paragraph.

The annotation of an argument is the one declaration of its type. A call that breaks it ends before
it reaches NumPy, in words that name the argument, what it takes, and what was given, but never a
value of the data.
"""

import inspect
import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cache, wraps
from numbers import Integral, Real
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import numpy as np
import pandas as pd

from bpsstats.errors import ParameterError

Public = TypeVar("Public", bound=Callable[..., Any])
LONGEST = 60  # letters of a text that a message repeats
WORDS: dict[Any, str] = {
    str: "text",
    float: "a number",
    int: "a whole number",
    bool: "True or False",
    NoneType: "None",
    np.ndarray: "an array of numbers",
    object: "anything",
}


def checked(public: Public) -> Public:
    """Hold the arguments of a function, a method or the constructor of a class against their
    annotations.

    Raises
    ------
    ParameterError
        On a call, if an argument is unknown, missing, of another type, or none of the words that it
        takes.

    Examples
    --------
    >>> @checked
    ... def half(number: float, unit: Literal["Rp", "percent"] = "Rp") -> float:
    ...     return number / 2
    >>> half("ten")
    Traceback (most recent call last):
    ...
    bpsstats.errors.ParameterError: A parameter is unknown, misspelt, of the wrong type ...
    half() takes number as a number, not 'ten'.
    """
    if inspect.isclass(public):
        type.__setattr__(public, "__init__", _guarded(public.__init__, public.__name__))
        return public
    return _guarded(public, public.__name__)  # type: ignore[return-value]  # of its signature


def _guarded(function: Callable[..., Any], name: str) -> Callable[..., Any]:
    """The function behind its check."""
    signature = inspect.signature(function)

    @wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            given = signature.bind(*args, **kwargs).arguments
        except TypeError as error:
            takes = ", ".join(each for each in signature.parameters if each != "self")
            raise ParameterError(f"{name}(): {error}. It takes: {takes or 'nothing'}.") from None
        hints = _hints(function)
        wrong = [
            each for each, value in given.items() if not _fits_all(value, hints, signature, each)
        ]
        if wrong:
            raise ParameterError(_told(name, given, hints, wrong))
        return function(*args, **kwargs)

    return call


@cache
def _hints(function: Callable[..., Any]) -> dict[str, Any]:
    """Annotations of the arguments, read when they are first needed."""
    return get_type_hints(function)


def _fits_all(
    value: Any, hints: Mapping[str, Any], signature: inspect.Signature, name: str
) -> bool:
    """Whether an argument, or each of a list of them, is of its annotation."""
    if name not in hints:
        return True
    if isinstance(value, float | np.floating) and math.isnan(value):
        return hints[name] in (Any, object) or _in_own_words(hints[name])
    kind = signature.parameters[name].kind
    if kind is inspect.Parameter.VAR_POSITIONAL:
        return all(fits(each, hints[name]) for each in value)
    if kind is inspect.Parameter.VAR_KEYWORD:
        return all(fits(each, hints[name]) for each in value.values())
    return fits(value, hints[name])


def _told(name: str, given: Mapping[str, Any], hints: Mapping[str, Any], wrong: list[str]) -> str:
    """What is wrong with a call, and whether its arguments stand in another order."""
    parts = "; ".join(f"{each} as {words(hints[each])}, not {shown(given[each])}" for each in wrong)
    swapped = any(
        fits(given[one], hints[other]) for one in wrong for other in wrong if one != other
    )
    order = ", ".join(each for each in given if each != "self")
    return f"{name}() takes {parts}." + (f" They come in the order {order}." if swapped else "")


def fits(value: Any, hint: Any) -> bool:
    """Whether a value is of an annotation, down to the elements of lists and mappings.

    A list has one element at least. A class may have `in_own_words`: a number in its place is left
    to the function, which refuses it in words of its own.

    Examples
    --------
    >>> fits([1, 2.5], Sequence[float]), fits("ab", Sequence[str]), fits(True, float)
    (True, False, False)
    """
    origin, parts = get_origin(hint), get_args(hint)
    if hint is Any or hint is object or isinstance(hint, TypeVar):
        return True
    if origin is Annotated:
        return fits(value, parts[0])
    if origin in (Union, UnionType):
        return _in_own_words(hint) or any(fits(value, part) for part in parts)
    if origin is Literal:
        return any(type(value) is type(part) and value == part for part in parts)
    if hint in (float, int, bool):
        is_truth = isinstance(value, bool | np.bool_)
        is_number = not is_truth and isinstance(value, _NUMBERS.get(hint, ()))
        return is_truth if hint is bool else is_number
    if hint is pd.DataFrame:
        is_other = hasattr(value, "__arrow_c_stream__") and hasattr(value, "columns")
        return isinstance(value, pd.DataFrame) or is_other
    if hint is np.ndarray:
        return isinstance(value, np.ndarray) and value.dtype.kind in "biuf"
    if origin is None:
        return isinstance(value, hint) if inspect.isclass(hint) else True
    if origin is tuple:
        return isinstance(value, tuple | list) and _fit_in_turn(value, parts)
    if issubclass(origin, Mapping):
        return isinstance(value, Mapping) and all(
            fits(key, parts[0]) and fits(each, parts[1]) for key, each in value.items()
        )
    if issubclass(origin, Iterable) and origin is not type:
        is_list = isinstance(value, Sequence | np.ndarray | pd.Index)
        is_list = is_list or (not issubclass(origin, Sequence) and isinstance(value, Collection))
        is_list = is_list and not isinstance(value, str | bytes | Mapping)
        return is_list and len(value) > 0 and all(fits(each, parts[0]) for each in value)
    return isinstance(value, origin)


def _in_own_words(hint: Any) -> bool:
    """Whether a function refuses a number in its own words."""
    parts = get_args(hint)
    return float in parts and any(getattr(part, "in_own_words", False) for part in parts)


_NUMBERS: dict[Any, Any] = {float: Real, int: Integral}


def _fit_in_turn(value: Sequence[Any], parts: tuple[Any, ...]) -> bool:
    """Whether each element of a tuple is of its own annotation."""
    if len(parts) == 2 and parts[1] is ...:
        return all(fits(each, parts[0]) for each in value)
    return len(value) == len(parts) and all(map(fits, value, parts))


def words(hint: Any) -> str:
    """An annotation as a message puts it.

    Examples
    --------
    >>> words(str | Sequence[str] | None), words(Literal["id", "en"]), words(Mapping[str, float])
    ('text, a list of text or None', "'id' or 'en'", 'a mapping from text to a number')
    """
    origin, parts = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return words(parts[0])
    if origin in (Union, UnionType):
        return _either([words(part) for part in parts])
    if origin is Literal:
        return _either([repr(part) for part in parts])
    if origin is None or not parts:
        return WORDS.get(hint, getattr(hint, "__name__", "something else"))
    if origin is tuple:
        return f"({', '.join(words(part) for part in parts if part is not ...)})"
    if issubclass(origin, Mapping):
        return f"a mapping from {words(parts[0])} to {words(parts[1])}"
    if issubclass(origin, Iterable):
        return f"a list of {words(parts[0])}"
    return "a function" if origin is Callable or callable(origin) else str(origin.__name__)


def _either(names: list[str]) -> str:
    """Alternatives, each named once."""
    *others, last = dict.fromkeys(names)
    return f"{', '.join(others)} or {last}" if others else last


def shown(value: object) -> str:
    """A value as a message may show it: what the user wrote, never data.

    Examples
    --------
    >>> shown("x"), shown(2.0), shown(["a", 1]), shown(pd.Series([1, 2])), shown(str)
    ("'x'", '2.0', 'a list of str, int', 'a Series', 'the class str')
    """
    if isinstance(value, str):
        return repr(value if len(value) <= LONGEST else value[:LONGEST] + "...")
    if isinstance(value, float):
        text = f"{value:.12g}"
        # A whole number with a point is none to whoever asks for one.
        return f"{text}.0" if text.lstrip("-").isdigit() else text
    if isinstance(value, Real | np.bool_) or value is None:
        return str(value)
    if isinstance(value, Sequence) and not value:
        return f"an empty {type(value).__name__}"
    if isinstance(value, list | tuple):
        kinds = ", ".join(dict.fromkeys(type(each).__name__ for each in value))
        return f"a {type(value).__name__} of {kinds}"
    if inspect.isclass(value):
        return f"the class {value.__name__}"
    name = type(value).__name__
    return f"a{'n' if name[0] in 'AEIOaeiou' else ''} {name}"


def as_frame(frame: Any) -> pd.DataFrame:
    """A frame of pandas, or of another library through Arrow.

    Raises
    ------
    ParameterError
        If there is no way.
    """
    if isinstance(frame, pd.DataFrame):
        return frame
    if hasattr(frame, "__arrow_c_stream__"):
        try:
            read: pd.DataFrame = pd.DataFrame.from_arrow(frame)  # type: ignore[attr-defined]  # new
            return read
        except (ImportError, TypeError, ValueError):  # no reader of Arrow, or none of a frame
            pass
    raise ParameterError(
        f"The records are {shown(frame)}, which cannot be read as a frame of pandas here. Give a"
        " pandas.DataFrame, as the method to_pandas() of other libraries makes it."
    )
