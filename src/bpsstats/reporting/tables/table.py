"""Tables for people, in either language, from the results of the other layers."""

from functools import singledispatch
from importlib import import_module

import pandas as pd

from bpsstats.disclosure.policy import current_policy
from bpsstats.errors import ParameterError
from bpsstats.poverty import Changes
from bpsstats.published import Comparisons
from bpsstats.published.compare import SHOWN_VERDICTS
from bpsstats.published.targets import POSITIVE, Target
from bpsstats.reporting.display import Table
from bpsstats.reporting.gated import gated
from bpsstats.reporting.words.heading import translate_heading
from bpsstats.reporting.words.language import DASH, Language, language
from bpsstats.survey import Curve, Estimate, Estimates

# What a mark in a table means, by the reliability that it stands for.
LEGEND = ("caution", "unreliable", "withheld")
# Modules with more tables.
LATER = ("decompositions", "disclosure", "lines", "models", "profile", "record")
ALL = "all"  # the domain of everybody
DIGITS = {"percent": 2, "percentage points": 2, "Rp": 0, "kcal": 0}


@gated
def table(result: object, lang: str = "en", caption: str = "") -> Table:
    """A result as a table for people.

    Parameters
    ----------
    result : object
        A result of this package: Estimates, Crosstab, Curve, Changes, Comparisons, Decomposition,
        RebuiltLine, a profile, a model or a record.
    lang : {"en", "id"}
    caption : str, optional
        Default: the result's own first line.

    Examples
    --------
    >>> from bpsstats.microdata import read_round
    >>> from bpsstats.poverty import headcount
    >>> from bpsstats.survey import SurveyDesign, estimate
    >>> design = SurveyDesign(read_round("6471", 2022).households)
    >>> list(table(estimate(design, headcount(700_000)), "id").frame.columns)[:3]
    ['Indikator', 'Estimasi, persen', 'Selang kepercayaan 95%']
    """
    return as_table(result, language(lang), caption)


@singledispatch
def as_table(result: object, words: Language, caption: str) -> Table:
    """One way for each kind of result; the rarer ones are loaded when the first is asked for."""
    known = len(as_table.registry)
    for module in LATER:
        import_module(f"{__package__}.{module}")
    if len(as_table.registry) > known:
        return as_table(result, words, caption)
    raise ParameterError(
        f"There is no table for {type(result).__name__}. Give a result of this package, such as"
        " that of estimate()."
    )


@as_table.register
def _(result: Estimates, words: Language, caption: str) -> Table:
    column = words.words["column"]
    rows = list(result)
    data: dict[str, list[str]] = {
        column["statistic"]: [words.statistic(row.statistic) for row in rows]
    }
    # The domain of a contrast is how it is made of other rows, which its name says in words.
    domains = [ALL if row.made_of and row.domain[:1] in ("+", "-") else row.domain for row in rows]
    n_periods = len({row.period for row in rows})
    if set(domains) != {ALL}:
        labels = {column["domain"]: [words.label(domain) for domain in domains]}
        # The same figures of several groups: the group names the rows. Else the figure does.
        n_groups, n_figures = len(set(domains)), len({row.statistic for row in rows})
        crossed = min(n_groups, n_figures) > 1 and n_groups * n_figures * n_periods == len(rows)
        data = labels | data if crossed else data | labels
    units = {words.word("unit", row.unit) for row in rows}
    if n_periods > 1:
        data[column["period"]] = [words.translate_period(row.period) for row in rows]
    heading = (
        column["estimate"]
        if len(units) > 1
        else ", ".join([column["estimate"], *filter(None, units)])
    )
    data[heading] = [_value(row, row.estimate, words) for row in rows]
    data[interval_heading(words, result.level)] = [_interval(row, words) for row in rows]
    if len(units) > 1:
        data[column["unit"]] = [words.word("unit", row.unit) for row in rows]
    data[column["std_error"]] = [_value(row, row.std_error, words) for row in rows]
    data[column["rse"]] = [words.number(row.rse, 1) for row in rows]
    data[column["n"]] = [words.number(row.n) for row in rows]
    data[column["n_psu"]] = [words.number(row.n_psu) for row in rows]
    data[column["reliability"]] = [words.word("reliability", row.reliability) for row in rows]
    data[column["presentation"]] = [words.word("presentation", row.presentation) for row in rows]
    notes = [translate_heading(result.heading, words), words.say("presentation", "note")]
    said = {row.reliability for row in rows}
    notes += [words.say(each, "note") for each in LEGEND if each in said]
    if any(row.kind == "count" and row.rate is not None for row in rows):
        notes.append(words.say("count", "note"))
    return Table(
        caption or translate_heading(result.heading, words), pd.DataFrame(data), tuple(notes)
    )


@as_table.register
def _(result: Curve, words: Language, caption: str) -> Table:
    column = words.words["column"]
    rows, frame = list(result.points), result.to_frame()
    unit = words.word("unit", rows[0].unit)
    band = zip(rows, frame["band_low"], frame["band_high"], strict=True)
    data = {
        column[result.axis]: [
            words.number(value, 0 if value >= 1000 else 3) for value in result.grid
        ],
        f"{column['estimate']}, {unit}": [_value(row, row.estimate, words) for row in rows],
        interval_heading(words, result.points.level): [_interval(row, words) for row in rows],
        column["std_error"]: [_value(row, row.std_error, words) for row in rows],
        column["band"]: [
            f"{_value(row, low, words)} {DASH} {_value(row, high, words)}"
            for row, low, high in band
        ],
    }
    heading = translate_heading(result.points.heading, words)
    return Table(caption or heading, pd.DataFrame(data), (words.say("curve_band", "note"), heading))


@as_table.register
def _(result: Changes, words: Language, caption: str) -> Table:
    column = words.words["column"]
    rows = list(result)

    def number(row: int, value: float, *, signed: bool = False) -> str:
        return words.number(value, digits_of(rows[row].after), signed=signed)

    data = {
        column["statistic"]: [words.statistic(row.after.statistic) for row in rows],
        column["change"]: [number(i, row.change, signed=True) for i, row in enumerate(rows)],
        interval_heading(words, rows[0].level): [
            f"{number(i, row.interval()[0], signed=True)} {DASH}"
            f" {number(i, row.interval()[1], signed=True)}"
            for i, row in enumerate(rows)
        ],
        column["before"]: [number(i, row.before.estimate) for i, row in enumerate(rows)],
        column["after"]: [number(i, row.after.estimate) for i, row in enumerate(rows)],
        column["unit"]: [
            words.word(
                "unit", "percentage points" if row.after.unit == "percent" else row.after.unit
            )
            for row in rows
        ],
        column["std_error"]: [number(i, row.std_error) for i, row in enumerate(rows)],
        column["p_value"]: [words.p_value(row.p_value, 2) for row in rows],
        column["detectable"]: [number(i, row.detectable) for i, row in enumerate(rows)],
        column["distinguishable"]: [
            str(words.words["yes" if row.is_distinguishable else "no"]) for row in rows
        ],
    }
    return Table(
        caption or translate_heading(result.heading, words),
        pd.DataFrame(data),
        (translate_heading(result.heading, words),),
    )


@as_table.register
def _(result: Comparisons, words: Language, caption: str) -> Table:
    column = words.words["column"]
    rows = []
    for row in result:
        target, factor = row.target, row.target.factor
        printed = min(2, max(0, -int(target.number.as_tuple().exponent)))
        places = printed + row.places
        low, high = (words.number(limit / factor, printed + 1) for limit in target.rounding)
        interval = DASH
        if row.conf_low == row.conf_low:
            interval = (
                f"{words.number(row.conf_low / factor, places)} {DASH}"
                f" {words.number(row.conf_high / factor, places)}"
            )
        rows.append(
            {
                column["statistic"]: words.statistic(target.indicator),
                column["printed"]: as_printed(target, words),
                column["recomputed"]: words.number(row.value / factor, places),
                column["unit"]: words.word("unit", target.unit),
                column["interval"].format(level=95): interval,
                column["rounding"]: "> 0" if high == DASH else f"{low} {DASH} {high}",
                column["verdict"]: words.word("verdict", row.shown_verdict),
                column["publication"]: words.publication(target.publication),
            }
        )
    return Table(caption or translate_heading(result.heading, words), pd.DataFrame(rows))


@gated
def verdicts_note(result: Comparisons, lang: str = "en") -> str:
    """How many cells came to which verdict."""
    words = language(lang)
    counts = [(result.count(verdict), verdict) for verdict in SHOWN_VERDICTS]
    said = ", ".join(f"{words.number(n)} {words.word('verdict', v)}" for n, v in counts if n)
    return words.say("cells", "note", n=words.number(len(result)), counts=said)


def as_printed(cell: Target, words: Language) -> str:
    """A printed figure with its own decimals and the language's marks."""
    if cell.printed == POSITIVE:
        return cell.printed
    return words.number(float(cell.number), max(0, -int(cell.number.as_tuple().exponent)))


def digits_of(row: Estimate) -> int:
    """Decimals of a statistic: those that BPS prints, one more for indices and for fractions; of a
    released view none that were rounded away.
    """
    fraction = not row.unit and abs(row.estimate) < 1
    is_number = row.is_number and row.unit in current_policy().counted
    digits = 3 if row.kind == "index" or fraction else 0 if is_number else DIGITS.get(row.unit, 2)
    return row.decimals(digits)


def _value(row: Estimate, value: float, words: Language) -> str:
    return words.number(value, digits_of(row))


def _interval(row: Estimate, words: Language) -> str:
    low, high = row.interval()
    return f"{_value(row, low, words)} {DASH} {_value(row, high, words)}"


def interval_heading(words: Language, level: float) -> str:
    """Heading of the column of intervals."""
    return words.say(
        "interval",
        "column",
        level=words.number(100 * level, 0 if (100 * level).is_integer() else 1),
    )
