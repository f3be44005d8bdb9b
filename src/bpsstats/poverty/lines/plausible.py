"""Whether a line can be one, beside the line of the year before and its own food part."""

from bpsstats.errors import LineError
from bpsstats.microdata.lists.basket import standard_basket


def check_line(
    value: float, *, before: float | None, food: float | None = None, remedy: str
) -> None:
    """Refuse a line that can hardly be one.

    Parameters
    ----------
    value : float
        Rp per person per month.
    before : float, optional
        Line of the year before, in the same unit.
    food : float, optional
        Food part of the line.
    remedy : str
        What to do, as a full sentence.

    Raises
    ------
    LineError
        If the line differs from the one before by more than the largest change of ``basket.yaml``,
        or lies below its food part.

    Examples
    --------
    >>> check_line(700_000, before=650_000, remedy="Check the file.")
    """
    most = standard_basket().largest_change
    if before is not None and abs(value / before - 1) > most:
        raise LineError(
            f"A line of Rp {value:,.0f} differs from the Rp {before:,.0f} of the year before by"
            f" more than {100 * most:g} percent. A point read as a decimal mark, or a line per"
            f" household, are the usual causes. {remedy}"
        )
    if food is not None and value <= food:
        raise LineError(
            f"A line of Rp {value:,.0f} lies below its food part of Rp {food:,.0f}. {remedy}"
        )
