"""A round and a sample design as tables: counts, never records."""

import pandas as pd

from bpsstats.microdata import Round
from bpsstats.microdata.findings import CheckReport
from bpsstats.reporting.display import Table
from bpsstats.reporting.tables.table import as_table
from bpsstats.reporting.words.heading import translate_heading
from bpsstats.reporting.words.language import Language
from bpsstats.survey import SurveyDesign
from bpsstats.survey.crosstab import Crosstab


@as_table.register
def _(result: SurveyDesign, words: Language, caption: str) -> Table:
    """Records, PSUs, strata, degrees of freedom and the sum of the weights."""
    counts = {
        result.observed: result.n,
        "psus": result.n_psu,
        "strata": result.n_strata,
        "df": result.df,
        "weights": result.weights.sum(),
    }
    head = " · ".join(part for part in (result.area, result.period, result.source) if part)
    return _counted(caption or translate_heading(head, words), counts, words)


@as_table.register
def _(result: Round, words: Language, caption: str) -> Table:
    """What a round counts, its files with their rows, and what is noted of them."""
    households, persons = result.households, result.persons
    weights = households if persons.empty else persons
    counts = {
        "households": len(households),
        "persons": len(persons),
        "psus": households["psu"].nunique(),
        "strata": households["stratum"].nunique(),
        "population": weights["weight_person"].sum(),
    }
    head = f"{result.area.name} · {result.period} · {result.provenance.source}"
    files = {file.name: file.rows for file in result.provenance.files}
    shown = _counted(caption or translate_heading(head, words), counts | files, words)
    return Table(shown.caption, shown.frame, tuple(map(words.translated, result.provenance.notes)))


@as_table.register
def _(result: Crosstab, words: Language, caption: str) -> Table:
    """Shares of each column, and the test of independence."""
    cells = {(row.statistic, row.domain): row.estimate for row in result.shares}
    rows, columns = (list(dict.fromkeys(names)) for names in zip(*cells, strict=True))
    data = {words.label(result.rows): [words.statistic(row) for row in rows]}
    head = translate_heading(result.shares.heading, words)
    for domain in columns:
        whole, _, column = domain.rpartition(", ")  # of which part of the sample, if not of all
        data[words.label(column)] = [words.number(cells[row, domain], 2) for row in rows]
    head = " · ".join(filter(None, [head, words.label(whole)]))
    test = result.test
    p = words.p_value(test.p_value)
    said = words.say(
        "crosstab",
        "note",
        method=test.method,
        numerator=words.number(test.numerator_df, 2),
        denominator=words.number(test.denominator_df, 2),
        f=words.number(test.statistic, 2),
        p=p if p.startswith("<") else f"= {p}",
        v=words.number(test.cramers_v, 3),
    )
    return Table(caption or head, pd.DataFrame(data), (said, head))


@as_table.register
def _(result: CheckReport, words: Language, caption: str) -> Table:
    """What a check found: where, how often, and what to do."""
    frame, heading = result.to_frame(), words.words["finding"]
    gravity = [heading[each] for each in frame["gravity"]]
    frame["what"], frame["remedy"] = (
        frame[name].map(words.translated) for name in ("what", "remedy")
    )
    shown = frame.assign(gravity=gravity).astype(str).rename(columns=heading)
    parts = translate_heading(result.heading, words).split(" · ")
    head = caption or " · ".join(map(words.translated, parts))
    return Table(
        head, pd.DataFrame() if frame.empty else shown, (words.translated(result.summary),)
    )


def _counted(caption: str, counts: dict[str, float], words: Language) -> Table:
    """Counts by their names."""
    column = words.words["column"]
    frame = pd.DataFrame(
        {
            column["counted"]: [words.word("counted", name) for name in counts],
            column["number"]: [words.number(count) for count in counts.values()],
        }
    )
    return Table(caption, frame)
