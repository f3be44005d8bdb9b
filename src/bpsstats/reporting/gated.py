"""The door of words, tables and figures: what they take of results is what may be shown."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from bpsstats.arguments import checked
from bpsstats.disclosure import released
from bpsstats.survey import Estimates, SurveyDesign
from bpsstats.survey import estimate as computed

Shown = TypeVar("Shown", bound=Callable[..., Any])


def gated(public: Shown) -> Shown:
    """Check the arguments of a function, and give it the released view of each.

    Examples
    --------
    >>> from bpsstats.survey import Estimates
    >>> @gated
    ... def size(table: Estimates) -> int:
    ...     return len(table)
    >>> size(Estimates((), "", 0.95))
    0
    """

    @wraps(public)
    def call(*args: Any, **kwargs: Any) -> Any:
        shown = {name: released(value) for name, value in kwargs.items()}
        return public(*released(args), **shown)

    # The check stands before the gate, so that the gate meets no stranger.
    made: Shown = checked(call)  # type: ignore[assignment]  # it has the signature of `public`
    made.__gated__ = True  # type: ignore[attr-defined]  # a mark for the tests
    return made


def estimate(design: SurveyDesign, statistics: Any, **options: Any) -> Estimates:
    """Estimates as they may be shown, for what is drawn of a design itself."""
    return released(computed(design, statistics, **options))
