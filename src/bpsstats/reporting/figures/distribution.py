"""Plots of the distribution of spending: its density, and Pen's parade."""

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, NullLocator

from bpsstats.disclosure import is_of_respondents
from bpsstats.disclosure.policy import current_policy
from bpsstats.errors import DesignError
from bpsstats.poverty import headcount, quantile
from bpsstats.poverty.lines.official import WELFARE
from bpsstats.poverty.lines.threshold import OneLine, common_threshold
from bpsstats.reporting.figures.canvas import number_each, styled
from bpsstats.reporting.figures.drawing import Plot
from bpsstats.reporting.figures.looks import DARK_ORANGE, HUNDRED, MILLION, ORANGE
from bpsstats.reporting.figures.together import Designs, joint, named, of_domain, together
from bpsstats.reporting.gated import estimate, gated
from bpsstats.reporting.words.language import Language, language
from bpsstats.survey import Estimates, Ratio, SurveyDesign
from bpsstats.survey import estimate as computed
from bpsstats.survey.design.masks import Domain
from bpsstats.survey.estimate import domain_mask
from bpsstats.survey.statistics.ratios import ones

POINTS, ENDS = 60, (0.01, 0.99)  # of a density: it ends where a hundredth of persons is left
ROUNDED = 2  # significant digits of the ends of an axis
STEPS = 99  # of a parade, where the sample is large enough
TICKS = (1, 2, 5)  # of a log axis, times powers of ten
LIMITS = ["estimate", "conf_low", "conf_high"]
LineOrLines = OneLine | Sequence[OneLine] | None


@gated
@styled
def plot_density(
    designs: Designs,
    lines: LineOrLines = None,
    *,
    welfare: str = WELFARE,
    domain: Domain = None,
    level: float = 0.95,
    lang: str = "en",
) -> Plot:
    """Density of spending on a log scale, with design-based intervals and poverty lines.

    Parameters
    ----------
    designs : SurveyDesign, or mapping of name to SurveyDesign
        One curve for each, five at the most.
    lines : PovertyLine or float, or a sequence of them, optional
        Lines to draw, in the unit of the spending.
    welfare : str
        Column of spending. A log scale has no place for values of zero or less: the subtitle says
        what percentage of persons has them, and the curve is that of the others among all.
    domain : str, or ndarray or Series of bool, shape (n,), optional
        Records to include; all stay in the design.
    level : float
        Confidence level of the intervals.
    lang : {"en", "id"}

    Returns
    -------
    Plot
        ``f(x) = 100 ln 2 sum_{y_i > 0} w_i K((ln x - ln y_i) / h) / (h sum_i w_i)``, percent of
        persons for each doubling of spending, by a Gaussian kernel with Silverman's bandwidth ``h =
        0.9 min(sd, IQR / 1.34) n^(-1/5)`` of the positive values. It is a mean, and its errors are
        those of a mean. It ends at the first and the last hundredth of persons, so that no record
        stands alone.

    Raises
    ------
    DesignError
        If spending is positive nowhere, or the same everywhere.

    References
    ----------
    Silverman, B. W. (1986). Density Estimation for Statistics and Data Analysis, section 3.4.

    Examples
    --------
    >>> frame = pd.DataFrame({"y": np.exp(np.arange(1, 41) / 20), "w": 1.0, "c": 1})
    >>> design = SurveyDesign(frame, weight="w", strata=None, psu=None)
    >>> plot_density(design, 3.0, welfare="y")
    Plot of 60 points: 52.5 percent are below 3; persons by y; ...
    """
    words, found = language(lang), named(designs)
    tables = {name: _density(design, welfare, domain, level) for name, design in found.items()}
    known = _listed(lines)
    first = next(iter(found.values()))
    median = estimate(first, quantile(0.5, welfare=welfare), domain=domain)[0].estimate
    title = words.say(_key("density_none", welfare), "plot", median=_amount(median, welfare, words))
    if known:
        rate = words.number(
            estimate(first, headcount(known[0], welfare=welfare), domain=domain)[0].estimate, 1
        )
        line = _amount(known[0], welfare, words)
        title = words.say(_key("density", welfare), "plot", rate=rate, line=line)
    scale, axis = _axis(welfare, words)
    unit = words.say("density_unit", "plot", welfare=axis)
    subtitle = words.say(
        "subtitle_curve", "plot", unit=unit, level=words.number(HUNDRED * level, 0)
    )
    plot = together(
        {name: frame for name, (_, frame) in tables.items()},
        lambda frame: (frame["welfare"] * scale, frame[LIMITS]),
        title,
        subtitle + _not_drawn(found, welfare, domain, words) + of_domain(domain, words),
        (
            "density",
            words.say(_key("density_y", welfare), "plot"),
            joint([table.heading for table, _ in tables.values()]),
        ),
        words,
        "upper right",
    )
    axes = plot.figure.axes[0]
    axes.set_ylim(0, 1.12 * axes.get_ylim()[1])
    if plot.data["estimate"].notna().any():  # else nothing may be shown, and there is no scale
        axes.set_xscale("log")
        _log_ticks(axes, words)
    axes.set_xlabel(axis)
    for place, each in enumerate(known):
        axes.axvline(each * scale, color=ORANGE, linestyle="--", linewidth=1.5)
        top = axes.get_ylim()[1]
        axes.annotate(
            _amount(each, welfare, words), (each * scale, top), color=DARK_ORANGE, va="center",
            xytext=(5, -11 - 15 * place), textcoords="offset points",
        )  # fmt: skip
    return plot


@gated
@styled
def plot_parade(
    designs: Designs,
    lines: LineOrLines = None,
    *,
    welfare: str = WELFARE,
    domain: Domain = None,
    level: float = 0.95,
    lang: str = "en",
) -> Plot:
    """Pen's parade: spending of persons in a row from the poorest to the richest, with intervals
    and poverty lines.

    Parameters
    ----------
    designs : SurveyDesign, or mapping of name to SurveyDesign
        One curve for each, five at the most.
    lines : PovertyLine or float, or a sequence of them, optional
        Lines to draw, in the unit of the spending.
    welfare : str
        Column of spending.
    domain : str, or ndarray or Series of bool, shape (n,), optional
        Records to include; all stay in the design.
    level : float
        Confidence level of the intervals, which are Woodruff's.
    lang : {"en", "id"}

    Returns
    -------
    Plot
        Quantiles by ``share_of_persons``, in hundredths or fewer steps, an even number, so that
        each step holds at least as many records as the disclosure policy asks for in a cell.

    References
    ----------
    Pen, J. (1971). Income Distribution. Allen Lane.

    Examples
    --------
    >>> import bpsstats as bps
    >>> households = bps.SurveyDesign(bps.read_round("6471", 2022).households)
    >>> line = bps.poverty_line("6471", 2022)
    >>> len(bps.plot_parade(households, line).data)
    99
    """
    words, found = language(lang), named(designs)
    tables = {}
    for name, design in found.items():
        records = int(_mask(design, domain).sum())
        most = min(STEPS + 1, records // current_policy().least_numerator)
        steps = max(2, most - most % 2)  # one of which ends at the median
        shares = np.arange(1, steps) / steps
        table = estimate(
            design, [quantile(p, welfare=welfare) for p in shares], domain=domain, level=level
        )
        tables[name] = (table, table.to_frame().assign(share_of_persons=shares))
    first, _ = next(iter(tables.values()))
    median = first[len(first) // 2].estimate
    scale, axis = _axis(welfare, words)
    plot = together(
        {name: frame for name, (_, frame) in tables.items()},
        lambda frame: (HUNDRED * frame["share_of_persons"], frame[LIMITS] * scale),
        words.say(_key("parade", welfare), "plot", median=_amount(median, welfare, words)),
        words.say("subtitle_curve", "plot", unit=axis, level=words.number(HUNDRED * level, 0))
        + of_domain(domain, words),
        ("parade", axis, joint([table.heading for table, _ in tables.values()])),
        words,
    )
    axes = plot.figure.axes[0]
    axes.set_ylim(bottom=0)
    axes.set(xlim=(0, 100), xlabel=words.say("persons_x", "plot"))
    for each in _listed(lines):
        axes.axhline(each * scale, color=ORANGE, linestyle="--", linewidth=1.5)
        axes.annotate(
            _amount(each, welfare, words), (100, each * scale), color=DARK_ORANGE, ha="right",
            xytext=(0, -13), textcoords="offset points",
        )  # fmt: skip
    return plot


def _density(
    design: SurveyDesign, welfare: str, domain: Domain, level: float
) -> tuple[Estimates, pd.DataFrame]:
    """The density of a design on a grid of its own."""
    spent = design.column(welfare)
    drawn = _mask(design, domain) & ~(spent <= 0)  # what is missing the first estimate refuses
    if len(np.unique(spent[drawn])) < 2:
        raise DesignError(
            f"Column {welfare} holds fewer than two different values above zero, of which there is"
            " no density on a log scale. Name another column by welfare=."
        )
    asked = [*ENDS, 0.25, 0.75]
    points = [
        computed(design, quantile(p, welfare=welfare), domain=drawn)[0].estimate for p in asked
    ]
    if is_of_respondents(computed(design, quantile(0.5, welfare=welfare), domain=drawn)):
        # A quantile is the spending of somebody; an axis may end near it.
        points = [float(f"{point:.{ROUNDED}g}") for point in points]
    low, high, quarter, three_quarters = np.log(points)
    logged, weights = np.log(spent[drawn]), design.weights[drawn]
    mean = np.average(logged, weights=weights)
    spread = float(np.sqrt(np.average((logged - mean) ** 2, weights=weights)))
    middle = (three_quarters - quarter) / 1.34
    h = 0.9 * (min(spread, middle) if middle > 0 else spread) * len(logged) ** -0.2
    grid = np.linspace(low, high, POINTS)

    def kernel(at: float, each: SurveyDesign) -> np.ndarray:
        spent = each.column(welfare)
        z = (at - np.log(np.where(spent <= 0, 1.0, spent))) / h
        return np.where(spent <= 0, 0.0, np.exp(-(z**2) / 2) / (h * np.sqrt(2 * np.pi)))

    statistics = [
        Ratio(f"density:{k}", "percent", "mean", partial(kernel, at), ones, HUNDRED * np.log(2))
        for k, at in enumerate(grid)
    ]
    table = estimate(design, statistics, domain=domain, level=level)
    return table, table.to_frame().assign(welfare=np.exp(grid))


def _mask(design: SurveyDesign, domain: Domain) -> np.ndarray:
    """The records of a domain, shape (n,)."""
    return np.ones(design.n, bool) if domain is None else domain_mask(design, domain, None)[0]


def _not_drawn(
    designs: Mapping[str, SurveyDesign], welfare: str, domain: Domain, words: Language
) -> str:
    """What a log axis leaves out of each design, as part of a subtitle; empty where nothing."""

    def is_out(design: SurveyDesign) -> np.ndarray:
        return np.asarray(design.column(welfare) <= 0, dtype=np.float64)

    share = Ratio("not_positive", "percent", "proportion", is_out, ones, HUNDRED)
    shares = [
        f"{name} {words.number(estimate(design, share, domain=domain)[0].estimate, 1)}".strip()
        for name, design in designs.items()
        if (is_out(design)[_mask(design, domain)]).any()
    ]
    return words.say("not_drawn", "plot", shares=", ".join(shares)) if shares else ""


def _listed(lines: LineOrLines) -> list[float]:
    """Lines as they are drawn."""
    if lines is None:
        return []
    each = lines if isinstance(lines, Sequence) and not isinstance(lines, str) else [lines]
    return [common_threshold(line).value for line in each]


def _axis(welfare: str, words: Language) -> tuple[float, str]:
    """What spending is multiplied by, and the name of its axis."""
    return (1 / MILLION, words.say("welfare", "plot")) if welfare == WELFARE else (1.0, welfare)


def _key(key: str, welfare: str) -> str:
    """Key of a text, of another column than spending in words that fit any."""
    return key if welfare == WELFARE else f"{key}_any"


def _amount(value: float, welfare: str, words: Language) -> str:
    """An amount in words."""
    if welfare == WELFARE and value >= 1000:
        return words.say("rupiah", "plot", value=words.number(value))
    return words.number(value, 0 if float(value).is_integer() else 2)


def _log_ticks(axes: Axes, words: Language) -> None:
    """Round numbers on a log axis."""
    low, high = axes.get_xlim()
    decades = range(int(np.floor(np.log10(low))), int(np.ceil(np.log10(high))) + 1)
    ticks = [tick * 10.0**power for power in decades for tick in TICKS]
    axes.xaxis.set_major_locator(FixedLocator([tick for tick in ticks if low <= tick <= high]))
    axes.xaxis.set_minor_locator(NullLocator())
    number_each(axes.xaxis, words)
