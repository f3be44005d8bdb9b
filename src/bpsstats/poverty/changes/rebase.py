"""What the count of the poor would be on another population base, such as that of a later
census.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from bpsstats.arguments import checked
from bpsstats.errors import InputError, UnknownYearError
from bpsstats.microdata import Round, find_area
from bpsstats.microdata.described import (
    AREA,
    POSITIVE,
    TEXT,
    YEAR,
    Either,
    Entries,
    Needed,
    Shape,
    Value,
    read_described,
)
from bpsstats.paths import populations_file
from bpsstats.poverty.indices.fgt import headcount, poor_count, poverty_gap, severity
from bpsstats.poverty.lines.threshold import Line
from bpsstats.survey import Estimates, SurveyDesign, calibrate, estimate, population
from bpsstats.survey.design.calibration import Distance, Margins, categories, refuse_contradiction

RELEASED = "released"


def _category(value: Any) -> Any:
    """A category as the column has it."""
    if not isinstance(value, str | int):
        raise TypeError
    return value


CATEGORY = Value("a category of the column", _category)
TOTAL = Value("a number of persons, or one for each category", POSITIVE.read)
MARGINS = Entries(TEXT, Either(Entries(CATEGORY, POSITIVE), TOTAL))
BASIS: Shape = {"margins": Needed(MARGINS), "source": Needed(TEXT), "note": TEXT}
SHAPE: Shape = {"populations": Needed(Entries(AREA, Entries(YEAR, Entries(TEXT, BASIS))))}


@dataclass(frozen=True, slots=True)
class PopulationBase:
    """Known totals of an area's population on one basis.

    Parameters
    ----------
    area_code, area : str
    year : int
    basis : str
        Name of the basis.
    margins : mapping
        Totals of persons, as `survey.calibrate` takes them.
    source, note : str
    """

    area_code: str
    area: str
    year: int
    basis: str
    margins: Margins
    source: str
    note: str

    def __repr__(self) -> str:
        return f"Population of {self.area}, {self.year}, {self.basis}: {self.source}; {self.note}"


@checked
def population_base(
    area: str | int, year: int, basis: str, *, file: str | Path | None = None
) -> PopulationBase:
    """Population totals of an area and year on a basis, from the file of populations.

    Raises
    ------
    UnknownAreaError
        If no such area is known.
    UnknownYearError
        If the file has no such basis for that area and year.
    InputError
        If the file is missing or not what it should be; file and line are named.

    Examples
    --------
    >>> population_base("6471", 2022, "sp2020_projection").margins
    {'population': 702600.0}
    """
    known = find_area(area)
    path = populations_file() if file is None else Path(file)
    bases = _populations(path).get(known.code, {}).get(year, {})
    if basis not in bases:
        held = f"It has: {', '.join(bases)}." if bases else "It has none for this area and year."
        raise UnknownYearError(
            f"There is no population on the basis {basis} for {known.name} in {year} in file"
            f" {path.name}. {held} Add it with its source to that file."
        )
    entry = bases[basis]
    margins = entry["margins"]
    return PopulationBase(
        known.code,
        known.name,
        year,
        basis,
        margins,
        str(entry["source"]),
        str(entry.get("note", "")),
    )


@checked
def rebased_design(
    round_: Round,
    margins: Margins,
    *,
    method: Distance = "raking",
    bounds: tuple[float, float] | None = None,
) -> SurveyDesign:
    """Households of a round with weights calibrated to totals of persons.

    Parameters
    ----------
    round_ : Round
    margins : mapping
        ``population``, or columns of ``round_.persons`` with a total for each category. All persons
        of a household keep one weight: a household takes part with the share of its members in each
        category.
    method, bounds : optional
        As in `survey.calibrate`.

    Raises
    ------
    ParameterError, ConvergenceError, DesignError
        As in `survey.calibrate`.
    """
    frame = round_.households
    persons = round_.persons
    totals: dict[str, float] = {}
    sums: dict[str, float] = {}
    shares: dict[str, pd.Series] = {}
    for name, known in margins.items():
        if not isinstance(known, Mapping):
            totals[name] = sums[name] = float(known)
            continue
        sums[name] = float(sum(known.values()))
        for label, indicator, total in categories(persons, name, known):
            members = pd.Series(indicator, index=persons["household"].to_numpy())
            shares[label] = frame["household"].map(members.groupby(level=0).mean())
            totals[label] = total
    refuse_contradiction(sums)
    with_shares = frame.assign(**shares)
    with_shares.attrs = dict(frame.attrs)
    return calibrate(SurveyDesign(with_shares), totals, method=method, bounds=bounds)


@checked
def rebase(
    round_: Round,
    line: Line,
    basis: str | Margins,
    *,
    method: Distance = "raking",
    bounds: tuple[float, float] | None = None,
    level: float = 0.95,
) -> Estimates:
    """Count and rate of the poor on the base of the released weights and on another.

    Parameters
    ----------
    round_ : Round
    line : PovertyLine or float
        Rp per person per month; it stays as it is.
    basis : str or mapping
        Name of a basis in ``data/raw/populations.yaml``, or totals of persons.
    method, bounds : optional
        As in `survey.calibrate`.
    level : float
        Confidence level.

    Returns
    -------
    Estimates
        Statistics ``population``, ``poor_count``, ``headcount``, ``poverty_gap`` and ``severity``
        in the domains ``base=released`` and ``base=<basis>``. A base that gives only the total of
        the population moves the count and leaves the rates.

    Raises
    ------
    ParameterError
        If the margins contradict one another or the sample.

    Examples
    --------
    >>> import bpsstats as bps
    >>> round_, line = bps.read_round("6471", 2022), bps.poverty_line("6471", 2022)
    >>> rows = bps.rebase(round_, line, {"sex": {"male": 325_000, "female": 321_000}})
    >>> sorted({row.statistic for row in rows})
    ['headcount', 'poor_count', 'population', 'poverty_gap', 'severity']
    """
    name = basis if isinstance(basis, str) else "given"
    margins = (
        population_base(round_.area.code, round_.year, basis).margins
        if isinstance(basis, str)
        else basis
    )
    other = rebased_design(round_, margins, method=method, bounds=bounds)
    statistics = [
        population(),
        poor_count(line),
        headcount(line),
        poverty_gap(line),
        severity(line),
    ]
    tables = [
        estimate(design, statistics, domain_name=f"base={of}", level=level)
        for of, design in ((RELEASED, SurveyDesign(round_.households)), (name, other))
    ]
    return tables[0] + tables[1]


def _populations(path: Path) -> dict[str, dict[int, dict[str, dict[str, Any]]]]:
    """The file of populations: area code, year, basis, entry."""
    if not path.is_file():
        raise InputError(
            "The file of populations is missing.",
            "Restore it from the project's data/raw folder.",
            file=path.name,
        )
    populations: dict[str, Any] = read_described(path, SHAPE)["populations"]
    return populations
