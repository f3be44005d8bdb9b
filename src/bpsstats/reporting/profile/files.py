"""The files of a profile: the workbook, the page, their cells and differences as CSV, and what
these hold as JSON for a program.
"""

from pathlib import Path

import pandas as pd

from bpsstats.disclosure import released
from bpsstats.errors import ParameterError
from bpsstats.files import held, put_in_place, recover, scratch_folder
from bpsstats.microdata.concepts import concepts
from bpsstats.poverty.lines.threshold import OneLine, common_threshold
from bpsstats.poverty.profile.declared import labels_of
from bpsstats.poverty.profile.differences import differences, differences_frame
from bpsstats.poverty.profile.tables import Profile
from bpsstats.reporting.formats.writers import csv_text, json_text
from bpsstats.reporting.profile.page import profile_page
from bpsstats.reporting.profile.shown import GAPS, notes, words
from bpsstats.reporting.profile.workbook import write_profile_workbook
from bpsstats.reporting.words.language import LANGUAGES

MEANING = {
    "table": "name of the table, as under tables",
    "sex": "both, male or female",
    "within": "class of the concept that the rows are within; empty where there is none",
    "concept": "concept of the row, as under concepts",
    "row": "class, or total",
    "column": "poor, non_poor, all, or a class of spending",
    "measure": "number (persons, households, or Rp) or value (percent)",
    "unit": "unit of the estimate",
    "estimate": "estimate; of survey data rounded, and empty where it is withheld",
    "std_error": "design-based standard error; empty where it cannot be estimated",
    "rse": "relative standard error, percent",
    "reliability": "class of BPS by relative standard error",
    "conf_low": "lower limit of the confidence interval",
    "conf_high": "upper limit of the confidence interval",
    "n": "records in the domain",
    "households": "households with a record in the domain",
    "n_psu": "PSUs with a record in the domain",
    "df": "degrees of freedom",
    "deff": "design effect",
    "n_eff": "effective sample size",
    "withheld": "whether the disclosure gate withholds the cell",
    "mark": "* for a relative standard error above 25 percent, ** above 50",
}


def write_profile(profile: Profile, line: OneLine, lang: str, folder: Path) -> Path:
    """Write all files of a profile into a folder, whole or not at all.

    Returns
    -------
    path
        The workbook.
    """
    if lang not in LANGUAGES:
        raise ParameterError(
            f"There is no language {lang!r}. Choose one of {', '.join(LANGUAGES)}."
        )
    found, profile = differences(profile), released(profile)
    name = f"{words(lang)['file']}-{profile.area_code}-{profile.year}"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with held(folder.parent), scratch_folder(".profile-", folder.parent) as beside:
        new = beside / folder.name
        new.mkdir()
        write_profile_workbook(profile, found, line, lang, new / f"{name}.xlsx")
        page = profile_page(profile, found, notes(profile, line, lang), lang)
        (new / f"{name}.html").write_text(page, encoding="utf8")
        cells = profile.to_frame()
        (new / "profile.csv").write_text(csv_text(cells), encoding="utf8")
        tested = differences_frame(found)
        hides = set(cells.loc[cells["withheld"], "table"])
        shown = ~tested["table"].isin(hides)
        tested[list(GAPS)] = tested[list(GAPS)].where(shown)
        (new / "differences.csv").write_text(csv_text(tested), encoding="utf8")
        about = json_text(description(profile, line, cells))
        (new / "profile.json").write_text(about, encoding="utf8")
        recover(folder)
        put_in_place(new, folder)
    return folder / f"{name}.xlsx"


def description(profile: Profile, line: OneLine, cells: pd.DataFrame) -> dict[str, object]:
    """What the CSV holds, for a program."""
    known = common_threshold(line)
    used = {concept for t in profile.tables for concept in (*t.declared.rows, t.declared.within)}
    return {
        "area": profile.area, "area_code": profile.area_code, "year": profile.year,
        "source": profile.source, "poverty_line": known.given, "correction_factor": known.factor,
        "confidence_level": profile.level,
        "files": {"profile.csv": [
            {"name": column, "type": str(cells[column].dtype), "meaning": MEANING[str(column)]}
            for column in cells
        ]},
        "tables": [
            {"name": t.declared.name, "covers": t.declared.covers, "of": t.declared.of,
             "where": dict(t.declared.where), "within": t.declared.within,
             "rows": list(t.declared.rows), "columns": t.declared.columns,
             "by_sex": t.declared.by_sex, **t.declared.titles, "absent": t.reason}
            for t in profile.tables
        ],
        "concepts": {
            name: {**concepts()[name].labels, "classes": {
                of: {"id": spec["id"], "en": spec["en"]} for of, spec in labels_of(name).items()
            }}
            for name in sorted(used - {""})
        },
    }  # fmt: skip
