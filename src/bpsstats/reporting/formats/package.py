"""What a program is told of a release: ``release.json`` after its schema, ``datapackage.json`` (a
Data Package of Frictionless), and its citation.
"""

import hashlib
import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd

from bpsstats import __version__
from bpsstats.disclosure.policy import current_policy
from bpsstats.microdata import Round
from bpsstats.microdata.lists.facts import INFLATION, LINES
from bpsstats.paths import facts_files, published_file
from bpsstats.poverty import PovertyLine
from bpsstats.poverty.lines.factors import FACTORS
from bpsstats.reporting.formats.tables import OutTable
from bpsstats.reporting.words.language import language

SCHEMA = Path(__file__).with_name("release.schema.json")
# What decides on a number or a byte of a release, besides the program itself.
LIBRARIES = (
    "numpy", "scipy", "pandas", "statsmodels", "duckdb", "matplotlib", "openpyxl", "typst",
)  # fmt: skip
FIGURE = ("statistic", "estimate", "unit", "std_error", "rse", "conf_low", "conf_high")
KEYWORDS = {"en": ["poverty", "Susenas"], "id": ["kemiskinan", "Susenas"]}
# Licences of an office that says none: that of the project, whose the synthetic data are.
UNSAID = {"synthetic": {"name": "MIT"}, "survey": {"name": "not-stated"}}
PROGRAM = "bpsstats"


def release_record(
    title: str,
    lang: str,
    line: PovertyLine,
    rounds: Sequence[Round],
    office: Mapping[str, str],
    parameters: Mapping[str, object],
    figures: pd.DataFrame,
    revisions: Sequence[Mapping[str, object]],
) -> dict[str, Any]:
    """What ``release.json`` says, after ``release.schema.json``.

    Parameters
    ----------
    title : str
    lang : {"en", "id"}
    line : PovertyLine
    rounds : sequence of Round
        All rounds that were read, that of the release last.
    office : mapping
        What the office writes over the release.
    parameters : mapping
        `conf_level`, `lone_psu` and `accept_line`.
    figures : DataFrame
        The figures of the headline, as they are released.
    revisions : sequence of mapping
        Revisions since the first release.
    """
    now, words = rounds[-1], language(lang)
    marks = figures["mark"] if "mark" in figures else pd.Series("", figures.index)
    return {
        "$schema": SCHEMA.name,
        "title": title,
        "language": lang,
        "area": {"code": now.area.code, "name": now.area.name},
        "period": words.translate_period(now.period),
        "year": now.year,
        "release": {"vintage": 1 + len(revisions), **office},
        "data": {"kind": now.provenance.kind, "source": now.provenance.source},
        "line": {
            "value": line.value, "unit": "Rp per person per month", "source": line.source,
            "factor": line.factor, "factor_source": line.factor_source,
        },
        "parameters": dict(parameters),
        "disclosure": {"policy": current_policy().version},
        "figures": [
            {**{name: row[name] for name in FIGURE}, "mark": mark,
             "name": words.statistic(str(row["statistic"]))}
            for (_, row), mark in zip(figures.iterrows(), marks, strict=True)
        ],
        "inputs": _inputs(rounds),
        "versions": {
            PROGRAM: __version__, "python": platform.python_version(),
            **{name: version(name) for name in LIBRARIES},
        },
        "revisions": list(revisions),
    }  # fmt: skip


def data_package(
    record: Mapping[str, Any], tables: Sequence[OutTable], texts: Mapping[str, bytes]
) -> dict[str, Any]:
    """What ``datapackage.json`` says: every table with its columns, and what all was made from.

    Parameters
    ----------
    record : mapping
        The release, as of `release_record`.
    tables : sequence of OutTable
    texts : mapping of str to bytes
        The CSV of each table, by its name.
    """
    area, office = record["area"]["code"], record["release"]
    licence = UNSAID[record["data"]["kind"]]
    if office["licence"]:
        licence = {"name": "of-the-office", "title": office["licence"]}
    provenance = ("data", "line", "parameters", "disclosure", "versions", "revisions")
    return {
        "profile": "tabular-data-package",
        "name": f"poverty-{area}-{record['year']}-{record['language']}",
        "title": record["title"],
        "version": str(office["vintage"]),
        "keywords": KEYWORDS[record["language"]],
        "languages": [record["language"]],
        "licenses": [licence],
        "contributors": [{"title": office["contact"] or PROGRAM, "role": "publisher"}],
        "sources": [
            {"title": f"{each['name']} ({each['of']})", "sha256": each["sha256"]}
            for each in record["inputs"]
        ],
        "provenance": {name: record[name] for name in provenance},
        "resources": [_resource(table, texts[table.name]) for table in tables],
    }


def citation(record: Mapping[str, Any]) -> str:
    """The release as an entry of BibTeX.

    Examples
    --------
    >>> office = dict.fromkeys(("number", "date", "contact", "licence", "next_release"), "")
    >>> about = {"title": "Poverty", "year": 2022, "language": "en", "area": {"code": "6471"}}
    >>> about |= {"data": {"source": "survey microdata"}, "versions": {"bpsstats": "1"}}
    >>> print(citation(about | {"release": {"vintage": 1} | office}).splitlines()[0])
    @techreport{poverty-6471-2022-en-1,
    """
    office, of = record["release"], record["area"]["code"]
    source = language(record["language"]).word("source", record["data"]["source"])
    key = f"poverty-{of}-{record['year']}-{record['language']}-{office['vintage']}"
    said = {
        "title": record["title"], "institution": office["contact"] or PROGRAM,
        "type": "Berita Resmi Statistik" if office["number"] else "", "number": office["number"],
        "year": office["date"][:4] or str(record["year"]), "date": office["date"],
        "edition": str(office["vintage"]),
        "note": f"{source}; {PROGRAM} {record['versions'][PROGRAM]}",
        "language": record["language"],
    }  # fmt: skip
    lines = [f"  {name} = {{{_plain(text)}}}," for name, text in said.items() if text]
    return "\n".join([f"@techreport{{{key},", *lines, "}"]) + "\n"


def _resource(table: OutTable, text: bytes) -> dict[str, Any]:
    """A table as a resource of a data package."""
    return {
        "profile": "tabular-data-resource",
        "name": table.name,
        "path": f"tables/{table.name}.csv",
        "title": table.title,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(text),
        "hash": f"sha256:{hashlib.sha256(text).hexdigest()}",
        "schema": table.schema(),
    }


def _inputs(rounds: Sequence[Round]) -> list[dict[str, str]]:
    """Every file that was read, with its digest: microdata by round, lines, factors, print."""
    files = [
        {"name": file.name, "of": each.period, "sha256": file.sha256}
        for each in rounds
        for file in each.provenance.files
    ]
    facts = [path for name in (LINES, INFLATION, FACTORS) for path in facts_files(name)]
    return files + [
        {"name": path.name, "of": "facts", "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
        for path in (*facts, published_file())
    ]


def _plain(text: str) -> str:
    """Text without what BibTeX reads as a command."""
    return "".join(f"\\{mark}" if mark in "&%$#_" else mark for mark in text if mark not in "{}\\")
