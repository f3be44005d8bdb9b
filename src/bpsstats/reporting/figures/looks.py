"""Colours and numbers that all drawings share, whatever draws them."""

from collections.abc import Sequence

import numpy as np

from bpsstats.reporting.words.language import Language

BLUE, ORANGE, GREY, GREEN = "#0072B2", "#D55E00", "#666666", "#009E73"
# Told apart without colours by their dashes, and from white by three to one.
SERIES = (
    (BLUE, "-"),
    (ORANGE, "--"),
    (GREEN, "-."),
    ("#882255", (0, (1, 1))),
    ("#333333", (0, (6, 1, 1, 1, 1, 1))),
)
DARK = "#333333"
DARK_ORANGE = "#A34700"  # for text: orange itself has too little contrast on white
MILLION, HUNDRED = 1e6, 100.0
MOST_DIGITS = 8  # decimals of a tick


def tick_texts(values: Sequence[float], words: Language) -> list[str]:
    """The numbers of the ticks of an axis, with the decimals that they have and no fewer."""
    digits = next(d for d in range(MOST_DIGITS + 1) if d == MOST_DIGITS or _fit(values, d))
    return [words.number(value, digits) for value in values]


def _fit(values: Sequence[float], digits: int) -> bool:
    """Whether numbers have no more decimals than these."""
    return bool(np.allclose(values, np.round(values, digits), rtol=0, atol=10.0**-MOST_DIGITS))
