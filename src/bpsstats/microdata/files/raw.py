"""Read the rows of one area from the files of a role: official columns, parts put together,
editions told apart.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pandas as pd

from bpsstats.microdata.findings import STRIDE, Finding, found
from bpsstats.microdata.formats import Source
from bpsstats.microdata.formats.source import ANEW, LABELS, ROW, rows_of
from bpsstats.microdata.layouts import Layout
from bpsstats.microdata.lists.areas import Area
from bpsstats.reprs import SizesOnly, count_of

# Codes and ids that stay text, because a float would lose their digits.
TEXT = ("SSU", "COICOP")
NO_NUMBERS = (
    "Cells hold text where numbers belong.",
    (
        "Correct them at the source; decimals are marked by a point, or by a comma throughout the"
        " column."
    ),
)
# Rows that are taken into memory: a hundred times the members that a round has of a regency, or all
# of the nation where a file does not tell.
MOST_ROWS, MOST_ROWS_OF_NATION = 500_000, 3_000_000
SAME_EDITION = (
    0.5  # parts of a file share a household at their seam; editions of a file share nearly all
)


@dataclass(slots=True, repr=False)
class Read(SizesOnly):
    """Rows of an area, and what is wrong with their files."""

    frame: pd.DataFrame | None
    findings: list[Finding] = field(default_factory=list)


def is_text(column: str, layout: Layout) -> bool:
    """Whether a column stays text: ids, and the letters of questions with several answers."""
    return column in TEXT or column == layout.household_key or (column[0] == "R" and "_" in column)


def read_role(
    layout: Layout, role: str, sources: Sequence[Source], area: Area, seconds: Sequence[Source] = ()
) -> Read:
    """Rows of an area in the files of a role: official columns as float64, those that `is_text` as
    text.

    Parameters
    ----------
    layout : Layout
    role : str
        Which file of the round it is.
    sources : sequence of Source
        Its parts; none holds the households of another.
    area : Area
    seconds : sequence of Source, optional
        Second parts of the roster; they give the official columns that the first lacks, person by
        person.

    Returns
    -------
    Read
        Without a frame where the area cannot be found; a column that is missing or holds text is
        left out of it.
    """
    read, parts = Read(None), []
    needed = {layout.household_key, layout.region["province"], layout.region["regency"]}
    for number, source in enumerate(sources):
        wanted, may_lack = layout.columns_read(role), layout.optional(role)
        absent = [column for column in wanted if column not in source.columns]
        lacking = [column for column in absent if column not in may_lack]
        there = [column for column in absent if any(column in second.columns for second in seconds)]
        read.findings += lacks([column for column in lacking if column not in there], source.path)
        read.findings += _blurred_ids(layout, source)
        if not needed.isdisjoint(lacking):
            continue
        frame, problems = _rows(layout, source, [c for c in wanted if c in source.columns], area)
        read.findings += problems
        if frame is None:
            continue
        if there and not frame.empty:
            frame, problems = _joined(layout, frame, there, seconds, area, source.path)
            read.findings += problems
        frame.index += number * STRIDE
        parts.append((source, frame))
    filled = _one_edition(
        layout, [(source, frame) for source, frame in parts if not frame.empty], read.findings
    )
    if filled:
        common = [
            column for column in filled[0].columns if all(column in part.columns for part in filled)
        ]
        read.frame = pd.concat([part[common] for part in filled])
    elif len(parts) == len(sources):
        read.findings.append(_absent(area, layout.year, sources))
    return read


def _blurred_ids(layout: Layout, source: Source) -> list[Finding]:
    """Ids that were stored in single precision, which makes neighbouring blocks or households
    one.
    """
    ids = sorted(source.blurred & {layout.household_key, layout.design.psu or "PSU", "SSU"})
    what = (
        "Ids are stored in single precision, which keeps seven digits, so that neighbours are no"
        " longer told apart."
    )
    remedy = "Export the table anew with ids as text or in double precision."
    return [Finding("error", source.path.name, column, what, remedy, 0, ()) for column in ids]


def lacks(lacking: Sequence[str], path: Path) -> list[Finding]:
    """What is wrong with a file that lacks official columns."""
    if not lacking:
        return []
    more = f" and {len(lacking) - 8} more" if len(lacking) > 8 else ""
    named = ", ".join(lacking[:8]) + more
    number = "an official column" if len(lacking) == 1 else f"{len(lacking)} official columns"
    remedy = (
        "Use the file as BPS delivers it, of the round that the folder is named for; the columns of"
        " each round are listed in data/README.md."
    )
    return [Finding("error", path.name, named, f"The file lacks {number}: {named}.", remedy, 0, ())]


def _rows(
    layout: Layout, source: Source, columns: Sequence[str], area: Area
) -> tuple[pd.DataFrame | None, list[Finding]]:
    """Rows of an area without the columns that cannot be read, and what is wrong; no rows where the
    file is no table.
    """
    province, regency = (layout.region[name] for name in ("province", "regency"))
    chosen = ", ".join(f'{_value(layout, source, c)} AS "{c}"' for c in columns)
    flags = ", ".join(f'{unreadable(source, c, layout)} AS "bad {c}"' for c in columns)
    placed = {province, regency} <= set(
        columns
    )  # a second part may leave its households' region to the first
    lost = (
        " OR ".join(unreadable(source, column, layout) for column in (province, regency))
        if placed
        else ""
    )
    where = f"{in_area(layout, source, area)} OR {lost}" if placed else "TRUE"
    most = MOST_ROWS if placed else MOST_ROWS_OF_NATION
    query = f"SELECT {ROW}, {chosen}, {flags} FROM {source.relation} WHERE {where} LIMIT {most + 1}"
    try:
        with duckdb.cursor() as connection:
            frame: pd.DataFrame = connection.execute(query).df().set_index(ROW).sort_index()
    except duckdb.Error as error:
        return None, [Finding.of(source.refuse(error))]
    if len(frame) > most:
        what = f"The file holds more than {most:,} rows of the area, which no round does."
        remedy = "Check how it was made; rows may stand in it many times."
        return None, [Finding("error", source.path.name, "", what, remedy, 0, ())]
    frame.index.name = None
    findings: list[Finding] = []
    good = []
    for column in columns:
        bad = frame[f"bad {column}"].to_numpy(dtype=bool)
        if bad.any():
            said = LABELS if column in source.worded else NO_NUMBERS
            findings += found(frame[f"bad {column}"], [source.path.name], column, *said)
        if not bad.any() or column in (layout.household_key, province, regency):
            good.append(column)
    types = {column: "str" if is_text(column, layout) else "float64" for column in good}
    if placed:
        frame = frame[frame[province].notna() & frame[regency].notna()]
    frame = frame[good].astype(types)
    if layout.household_key in good:
        frame[layout.household_key] = frame[layout.household_key].where(
            frame[layout.household_key] != ""
        )
    return frame, findings


def _value(layout: Layout, source: Source, column: str) -> str:
    """SQL of a column's value, in the type that is made of it."""
    if column == layout.household_key or column == "SSU":
        return source.identifier(column)
    return source.text(column) if is_text(column, layout) else source.number(column)


def in_area(layout: Layout, source: Source, area: Area) -> str:
    """SQL of whether a row lies in an area."""
    province, regency = (source.number(layout.region[name]) for name in ("province", "regency"))
    return f"(({province}) = {area.province} AND ({regency}) = {area.regency})"


def unreadable(source: Source, column: str, layout: Layout, kind: str = "DOUBLE") -> str:
    """SQL of whether something stands in a column that is no number of its kind, no id, or holds
    control characters.
    """
    if column == layout.household_key:
        return (
            f"({source.has(column)} AND NOT regexp_full_match({source.identifier(column)},"
            " '[0-9]+'))"
        )
    if is_text(column, layout):
        return f"regexp_matches({source.text(column)}, '[[:cntrl:]]')"
    return f"({source.has(column)} AND ({source.number(column, kind)}) IS NULL)"


def _one_edition(
    layout: Layout, parts: Sequence[tuple[Source, pd.DataFrame]], findings: list[Finding]
) -> list[pd.DataFrame]:
    """The parts without those that hold the households of an earlier part once more."""
    kept: list[tuple[int, pd.Series]] = []
    for number, (source, part) in enumerate(parts):
        keys = part[layout.household_key]
        twin = same_households(keys, kept)
        if twin is None:
            kept.append((number, keys))
        else:
            findings.append(two_editions(parts[twin][0].path, source.path))
    return [parts[number][1] for number, _ in kept]


def same_households(keys: pd.Series, others: Iterable[tuple[int, pd.Series]]) -> int | None:
    """Number of the other part that holds most of the households as well."""
    here = set(keys)
    for number, other in others:
        there = set(other)
        if len(here & there) > SAME_EDITION * min(len(here), len(there)):
            return number
    return None


def two_editions(first: Path, second: Path) -> Finding:
    """The finding of two files with the same households."""
    what = f"Several files hold the same households: {first.name} and {second.name}."
    return Finding(
        "error", second.name, "", what, "Keep one edition of a file, and each part once.", 0, ()
    )


def _absent(area: Area, year: int, sources: Sequence[Source]) -> Finding:
    """An area without rows is an error, never an estimate of zero."""
    rows = sum(rows_of(f"SELECT COUNT(*) FROM {source.relation}")[0][0] for source in sources)
    if not rows:
        places = ", ".join(source.path.name for source in sources)
        return Finding("error", places, "", "The file has a heading and no rows.", ANEW, 0, ())
    what = (
        f"No household of {area.name} (R101 {area.province}, R102 {area.regency}) is in the files"
        f" of March {year}: {count_of(rows, 'row is', 'rows are')} there, all of other areas."
    )
    remedy = (
        "Check the area and the code: BPS codes differ from those of Kemendagri. Or put the file of"
        " its province into the folder."
    )
    return Finding(
        "error",
        ", ".join(source.path.name for source in sources),
        "R101 + R102",
        what,
        remedy,
        0,
        (),
    )


def _joined(
    layout: Layout,
    frame: pd.DataFrame,
    columns: Sequence[str],
    seconds: Sequence[Source],
    area: Area,
    first: Path,
) -> tuple[pd.DataFrame, list[Finding]]:
    """The roster with columns of its second part, matched by household and member."""
    member, design = layout.individual["member"], layout.design
    keys = [
        [layout.household_key, member],
        [c for c in (design.psu, design.ssu, member) if c is not None],
    ]
    everywhere = set(frame.columns).intersection(*(second.columns for second in seconds))
    key = next((key for key in keys if len(key) > 1 and set(key) <= everywhere), None)
    files = ", ".join(second.path.name for second in seconds)
    if key is None:
        what = f"The second part of the roster has no household key in common with {first.name}."
        return frame, [
            Finding("error", files, " + ".join(keys[0]), what, "Restore the key.", 0, ())
        ]
    findings, parts = [], []
    for second in seconds:
        asked = [*dict.fromkeys([*key, *layout.region.values(), *columns])]
        part, problems = _rows(layout, second, [c for c in asked if c in second.columns], area)
        findings += problems
        if part is not None:
            parts.append(part)
    if not parts:
        return frame, findings
    other = pd.concat([part for part in parts if not part.empty] or parts[:1])
    persons = frame.set_index(key).index
    if layout.region["regency"] not in other.columns:
        other = other[other.set_index(key).index.isin(persons)]
    others = other.set_index(key).index
    if not (persons.isin(others).all() and len(others) == len(persons) and others.is_unique):
        what = (
            f"The second part of the roster does not hold the persons of {first.name}, each once."
        )
        remedy = "Take both parts from the same edition."
        findings.append(Finding("error", files, " + ".join(key), what, remedy, 0, ()))
        return frame, findings
    found = [column for column in columns if column in other.columns]
    return frame.join(other.set_index(key)[found], on=key), findings
