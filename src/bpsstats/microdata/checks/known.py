"""What is known of an area from outside its files, to hold them against."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Known:
    """What a round is held against, whatever its files say.

    Parameters
    ----------
    population : float, optional
        Persons that the weights should sum to, as the user declares.
    projections : tuple of float
        Projections of the population in the years around, on whatever basis.
    line : float, optional
        Poverty line of the area and year or of the nearest year on file, Rp per person and month.
    levels_accepted : bool
        Whether the user has looked at levels that can hardly be, and says that they are right.
    """

    population: float | None = None
    projections: tuple[float, ...] = ()
    line: float | None = None
    levels_accepted: bool = False
