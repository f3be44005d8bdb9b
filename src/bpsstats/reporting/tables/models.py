"""Tables of models: odds ratios, the effect under several specifications, and why a method was
taken.
"""

import pandas as pd

from bpsstats.errors import SeparationError
from bpsstats.models import (
    EducationModel,
    FrequencyGLM,
    LogitResult,
    RegressionResult,
    Specifications,
    frequency_glm,
)
from bpsstats.models.education.specifications import Specification
from bpsstats.models.logit.gate import Reason
from bpsstats.models.thin import TOO_THIN
from bpsstats.reporting.display import Prose, Table
from bpsstats.reporting.gated import gated
from bpsstats.reporting.tables.table import (
    as_table,
    interval_heading,
    table,
)
from bpsstats.reporting.words.heading import SAMPLE, translate_heading
from bpsstats.reporting.words.language import DASH, Language, language

SMALL_ODDS = 0.01  # below which two decimals would be zero, as of an intercept


@as_table.register
def _(result: LogitResult, words: Language, caption: str) -> Table:
    column = words.words["column"]
    frame = result.to_frame()

    def odds(name: str) -> list[str]:
        return [words.number(v, 4 if v < SMALL_ODDS else 2) for v in frame[name]]

    intervals = zip(odds("odds_ratio_low"), odds("odds_ratio_high"), strict=True)
    data = {
        column["term"]: [words.label(term) for term in frame["term"]],
        column["odds_ratio"]: odds("odds_ratio"),
        interval_heading(words, result.level): [f"{low} {DASH} {high}" for low, high in intervals],
        column["p_value"]: [words.p_value(v) for v in frame["p_value"]],
    }
    notes = (translate_heading(result.sample, words), method_note(result, words.code))
    return Table(
        caption or translate_heading(result.sample, words),
        pd.DataFrame(data),
        tuple(filter(None, notes)),
    )


@gated
def method_note(result: LogitResult, lang: str = "en") -> str:
    """Why the model is of Firth's likelihood; empty where it is not."""
    if result.reason is None:
        return ""
    return firth_note(result.reason, language(lang), result.design.heading)


@as_table.register
def _(result: RegressionResult, words: Language, caption: str) -> Table:
    column = words.words["column"]
    frame = result.to_frame()

    def numbers(name: str) -> list[str]:
        return [words.number(value, 0 if abs(value) >= 1000 else 3) for value in frame[name]]

    intervals = zip(numbers("conf_low"), numbers("conf_high"), strict=True)
    data = {
        column["term"]: [words.label(term) for term in frame["term"]],
        column["estimate"]: numbers("estimate"),
        column["std_error"]: numbers("std_error"),
        interval_heading(words, result.level): [f"{low} {DASH} {high}" for low, high in intervals],
        column["p_value"]: [words.p_value(v) for v in frame["p_value"]],
    }
    heading = result.design.heading
    return Table(
        caption or translate_heading(heading, words),
        pd.DataFrame(data),
        (translate_heading(heading, words),),
    )


@as_table.register
def _(result: Specifications, words: Language, caption: str) -> Table:
    column = words.words["column"]

    def interval(row: Specification) -> str:
        if row.effect is None:
            return DASH
        return f" {DASH} ".join(words.number(limit, 2) for limit in row.effect.interval())

    rows = result.rows
    data = {
        column["specification"]: [words.word("specification", row.choice.key) for row in rows],
        f"{column['effect']}": [
            DASH if row.effect is None else words.number(row.effect.estimate, 2) for row in rows
        ],
        interval_heading(words, result.level): [interval(row) for row in rows],
        column["std_error"]: [
            DASH if row.effect is None else words.number(row.effect.std_error, 2) for row in rows
        ],
        column["events"]: [
            words.number(row.events) if isinstance(row.result, LogitResult) else DASH
            for row in rows
        ],
        column["method"]: [words.word("method", row.method) for row in rows],
        column["verdict"]: [words.word("plausibility", row.verdict or "") for row in rows],
    }
    band = words.say(
        "band", "note", low=words.number(result.band.low, 1), high=words.number(result.band.high, 1)
    )
    notes = (translate_heading(result.heading, words), words.say("effect", "note"), band)
    return Table(caption or translate_heading(result.heading, words), pd.DataFrame(data), notes)


@gated
def firth_note(reason: Reason, words: Language, heading: str) -> str:
    """Why a model is of Firth's likelihood, below every table of it.

    `heading` is that of the design, which says what a record is.
    """
    found = SAMPLE.search(heading)
    observed = words.words["heading"][f"{found[2] if found else 'record'}s"]
    values = {
        name: (
            words.number(value)
            if isinstance(value, (int, float))
            else ", ".join(map(words.label, str(value).split(", ")))
        )
        for name, value in reason.values.items()
    }
    return words.say(
        "firth", "note", reason=words.say(reason.code, "gate", observed=observed, **values)
    )


@as_table.register
def _(result: FrequencyGLM, words: Language, caption: str) -> Table:
    column, frame = words.words["column"], result.to_frame()
    heading = result.ours.design.heading
    data = {column["term"]: [words.label(term) for term in frame["term"]]}
    for name, digits in (
        ("estimate", 4), ("estimate_glm", 4), ("std_error", 4), ("std_error_glm", 4),
        ("times_too_small", 0),
    ):  # fmt: skip
        data[column[name]] = [words.number(value, digits) for value in frame[name]]
    notes = (translate_heading(heading, words), words.words["note"]["glm"])
    return Table(caption or translate_heading(heading, words), pd.DataFrame(data), notes)


@gated
def glm_table(model: EducationModel, lang: str = "en") -> Table | Prose:
    """The education model by maximum likelihood beside a GLM with weights as frequencies, or why
    there is none.

    Parameters
    ----------
    model : EducationModel
    lang : {"en", "id"}

    Examples
    --------
    >>> import bpsstats as bps
    >>> years = (2021, 2022)
    >>> rounds = [bps.read_round("6471", year) for year in years]
    >>> lines = [bps.poverty_line("6471", year) for year in years]
    >>> type(bps.glm_table(bps.education_model(rounds, lines))).__name__
    'Table'
    """
    if model.result is None:
        return Prose(language(lang).translated(model.refused))
    if model.result.is_withheld:
        return Prose(language(lang).translated(TOO_THIN))
    try:
        return table(frequency_glm(model.result), lang)
    except SeparationError as error:
        return Prose(error.message)
