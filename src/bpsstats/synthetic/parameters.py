"""Parameters of the generator, read from the file beside this module."""

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from bpsstats.files import read_yaml


@cache
def parameters() -> dict[str, Any]:
    """All parameters, by section."""
    document: dict[str, Any] = read_yaml(Path(__file__).with_name("parameters.yaml"))
    return document


def price_level(year: int) -> float:
    """Level of prices in March of a year, or of the nearest year that has one; 2022 is 1.

    Examples
    --------
    >>> price_level(2022), price_level(2099) == price_level(2025)
    (1.0, True)
    """
    levels: dict[int, float] = parameters()["prices"]
    return levels[min(levels, key=lambda known: abs(known - year))]


def step(table: dict[int, float], at: np.ndarray) -> np.ndarray:
    """Value of a step function given by its lower bounds; zero below the first.

    Examples
    --------
    >>> step({15: 0.2, 20: 0.7}, np.array([10, 15, 40]))
    array([0. , 0.2, 0.7])
    """
    bounds = np.array(sorted(table))
    values = np.array([0.0, *(table[int(bound)] for bound in bounds)])
    return np.asarray(values[np.searchsorted(bounds, at, side="right")])


def of_class(table: dict[str, float], codes: np.ndarray, classes: tuple[str, ...]) -> np.ndarray:
    """Value of each record's class, given the classes' positions."""
    return np.asarray(np.array([table[name] for name in classes])[codes])
