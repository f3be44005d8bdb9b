"""Intervals of what a rounded figure can have been, and their arithmetic."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import inf, isfinite, prod
from typing import Self

SLACK = 1e-9  # relative: decimal limits as binary fractions


@dataclass(frozen=True, slots=True)
class Interval:
    """All values from `low` to `high`.

    Sums, differences, products and quotients hold every value that their parts can give; products
    and quotients are of intervals that are not negative, as printed levels are.

    Examples
    --------
    >>> poor, rate = Interval(1995, 2005), Interval(0.995, 1.005)
    >>> (100 * poor / rate).meets(Interval(200_500, 201_000))
    True
    """

    low: float
    high: float

    @classmethod
    def of(cls, value: "Interval | float") -> "Interval":
        """A number as the interval of itself alone."""
        return value if isinstance(value, Interval) else cls(value, value)

    @classmethod
    def hull(cls, parts: Iterable["Interval"]) -> "Interval":
        """The smallest interval that holds all parts."""
        parts = list(parts)
        return cls(min(part.low for part in parts), max(part.high for part in parts))

    def __add__(self, other: "Interval | float") -> "Interval":
        other = Interval.of(other)
        return Interval(self.low + other.low, self.high + other.high)

    def __sub__(self, other: "Interval | float") -> "Interval":
        other = Interval.of(other)
        return Interval(self.low - other.high, self.high - other.low)

    def __mul__(self, other: "Interval | float") -> "Interval":
        other = Interval.of(other)
        return Interval(prod((self.low, other.low)), prod((self.high, other.high)))

    __radd__ = __add__
    __rmul__ = __mul__

    def __truediv__(self, other: "Interval | float") -> "Interval":
        other = Interval.of(other)
        low = self.low / other.high if other.high > 0 else inf
        return Interval(low, self.high / other.low if other.low > 0 else inf)

    def not_negative(self) -> "Interval":
        """The part of it that a share or a number can be."""
        return Interval(max(self.low, 0.0), max(self.high, 0.0))

    def meets(self, other: "Interval") -> bool:
        """Whether the two have a value in common."""
        return self.apart(other) == 0

    def apart(self, other: "Interval") -> float:
        """How far above the other it lies, below zero where it lies below, zero where they meet."""
        scale = max(abs(v) for v in (self.low, self.high, other.low, other.high) if isfinite(v))
        slack = SLACK * max(scale, 1.0)
        if self.low > other.high + slack:
            return self.low - other.high
        return self.high - other.low if self.high < other.low - slack else 0.0

    def within(self, other: "Interval") -> Self | "Interval":
        """What both have in common, itself where nothing is."""
        low, high = max(self.low, other.low), min(self.high, other.high)
        return Interval(low, high) if low <= high else self

    @property
    def middle(self) -> float:
        """Half way between its ends."""
        return (self.low + self.high) / 2
