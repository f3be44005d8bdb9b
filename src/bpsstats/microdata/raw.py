"""Find the files of a round, whatever their dress, and read the rows of one area in official columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd

from bpsstats.errors import InputError
from bpsstats.microdata.areas import Area
from bpsstats.microdata.formats import ENDINGS, Source
from bpsstats.microdata.formats.source import ROW, rows_of
from bpsstats.microdata.layouts import REBUILT, ROLES, Layout

# Codes and ids that stay text, because a float would lose their digits.
TEXT = ("SSU", "COICOP")
SEVERAL_PARTS = ("blok41", "blok42")
# Endings that look like tables and are never opened.
ARCHIVES = (".zip", ".rar", ".7z", ".tar", ".tgz", ".gz")
UNSAFE = (".pkl", ".pickle", ".joblib")
OTHER_KINDS = (".xlsx", ".xls", ".parquet", ".feather", ".rds", ".rdata", ".txt", ".sas7bdat", ".por")


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Rows of one area in one file; the index holds row numbers of the file, the first data row being 1."""

    path: Path
    frame: pd.DataFrame
    rows_in_file: int
    areas_in_file: int


@dataclass(frozen=True, slots=True, eq=False)
class Inventory:
    """Files of a folder by role, second parts of the roster apart, and what is wrong with the set of them."""

    paths: Mapping[str, Sequence[Path]]
    second: Path | None
    problems: tuple[InputError, ...]


def is_text(column: str) -> bool:
    """Whether a column stays text: ids, and the letters of questions with several answers."""
    return column in TEXT or (column[0] == "R" and "_" in column)


def find_files(layout: Layout, folder: Path) -> Inventory:
    """Files of each role in a folder.

    Raises
    ------
    InputError
        If the folder holds no file of the round.
    """
    files = sorted(path for path in folder.iterdir() if path.is_file())
    paths: dict[str, list[Path]] = {role: [] for role in ROLES}
    second: list[Path] = []
    problems = []
    for path in files:
        for role, file in layout.files.items():
            if file.matches(path.name):
                paths[role].append(path)
            elif file.matches_second(path.name):
                second.append(path)
            elif file.matches(path.name, (*ARCHIVES, *UNSAFE, *OTHER_KINDS)):
                problems.append(_refused(path))
    if not any(paths.values()):
        names = ", ".join(layout.files[role].name for role in ROLES)
        more = f" {problems[0]}" if problems else ""
        raise InputError(
            f"Folder {folder.name} holds no file of March {layout.year}.{more} The files are: {names} (ending "
            f"{', '.join(ENDINGS)}).",
            "Put them there under their official names.",
        )
    editions = [(layout.files[role].name, paths[role]) for role in ROLES if role not in SEVERAL_PARTS]
    for name, found in [*editions, (f"the second part of {layout.files['kor_individual'].name}", second)]:
        if len(found) > 1:
            what = f"Several files answer to {name}: {', '.join(path.name for path in found)}."
            problems.append(InputError(what, "Keep one edition in the folder."))
    return Inventory(paths, second[0] if second else None, tuple(problems))


def _refused(path: Path) -> InputError:
    """Why a file that bears a role's name is not opened."""
    ending = path.suffix.lower()
    if ending in UNSAFE:
        what, remedy = "Files of this kind can run programs and are never opened.", "Export the table as CSV."
    elif ending in ARCHIVES:
        what, remedy = "Archives are not opened.", "Unpack it yourself and put the table into the folder."
    else:
        what, remedy = "Files of this kind are not read.", f"Export the table as one of {', '.join(ENDINGS)}."
    return InputError(what, remedy, file=path.name)


def read_table(layout: Layout, role: str, source: Source, area: Area, second: Source | None = None) -> Table:
    """Rows of an area: official columns as float64, those that `is_text` as text.

    Parameters
    ----------
    layout : Layout
    role : str
        Which file of the round it is.
    source : Source
    area : Area
    second : Source, optional
        Second part of the roster; it gives the official columns that the first lacks, person by person.

    Raises
    ------
    InputError
        If a column is missing, or something other than numbers stands where they belong.
    """
    wanted = layout.columns_read(role)
    here = [column for column in wanted if column in source.columns]
    absent = [column for column in wanted if column not in source.columns and column not in REBUILT]
    there = [column for column in absent if second is not None and column in second.columns]
    require_columns([column for column in absent if column not in there], source.path)
    frame, counts = _rows(source, here, area)
    if second is not None and there:
        frame = _joined(frame, layout, second, there, area, source.path)
    return Table(source.path, frame.reindex(columns=list(wanted)), *counts)


def require_columns(lacking: Sequence[str], path: Path) -> None:
    """Refuse a file that lacks official columns."""
    if lacking:
        named = f"{', '.join(lacking[:8])}{' ...' if len(lacking) > 8 else ''}"
        raise InputError(
            f"The file lacks {len(lacking)} official columns: {named}.",
            "Use the file as BPS delivers it, of the round that the folder is named for; the columns of each round are listed "
            "in data/README.md.",
            file=path.name,
        )


def _rows(source: Source, columns: Sequence[str], area: Area) -> tuple[pd.DataFrame, tuple[int, int]]:
    """Rows of an area, and how many rows and areas the file holds."""
    province, regency = (source.number(column) for column in ("R101", "R102"))
    chosen = ", ".join(f'{source.text(c) if is_text(c) else source.number(c)} AS "{c}"' for c in columns)
    flags = ", ".join(f'{unreadable(source, c)} AS "bad {c}"' for c in columns if not is_text(c))
    try:
        [(total, areas)] = rows_of(
            f"SELECT COUNT(*), COUNT(DISTINCT ({province}) * 100 + ({regency})) FROM {source.relation}"
        )
        with duckdb.connect() as connection:
            frame: pd.DataFrame = connection.execute(
                f"SELECT {ROW}, {chosen}, {flags} FROM {source.relation} WHERE ({province} = {area.province} AND {regency} = "
                f"{area.regency}) OR {unreadable(source, 'R101')} OR {unreadable(source, 'R102')} ORDER BY {ROW}"
            ).df()
    except duckdb.Error as error:
        raise source.refuse(error) from error
    frame = frame.set_index(ROW)
    for column in columns:
        if not is_text(column) and frame[f"bad {column}"].any():
            rows = frame.index[frame[f"bad {column}"]]
            raise not_a_number(len(rows), source.path, column, [int(row) for row in rows])
    frame.index.name = None
    types = {column: "str" if is_text(column) else "float64" for column in columns}
    return frame[list(columns)].astype(types), (int(total), int(areas))


def unreadable(source: Source, column: str) -> str:
    """SQL of whether something stands in a column that is no number."""
    return f"({source.has(column)} AND ({source.number(column)}) IS NULL)"


def not_a_number(count: int, path: Path, column: str, rows: Sequence[int]) -> InputError:
    """The error of cells that hold text."""
    return InputError(
        f"{count} cells hold text where numbers belong.",
        "Correct them at the source; decimals are marked by a point, or by a comma throughout the file.",
        file=path.name,
        column=column,
        rows=rows,
    )


def _joined(
    frame: pd.DataFrame, layout: Layout, second: Source, columns: Sequence[str], area: Area, first: Path
) -> pd.DataFrame:
    """The roster with columns of its second part, matched by household key and member.

    Raises
    ------
    InputError
        If the parts do not hold the same persons, each once.
    """
    keys = [layout.household_key, str(layout.individual["member"])]
    require_columns([column for column in keys if column not in second.columns], second.path)
    other, _ = _rows(second, [*keys, *columns], area)
    persons, others = (table.set_index(keys).index for table in (frame, other))
    bad = ~persons.isin(others) | others.duplicated().any()
    if bad.any() or len(others) != len(persons):
        raise InputError(
            f"The second part of the roster does not hold the persons of {first.name}, each once.",
            "Take both parts from the same edition.",
            file=second.path.name,
            column=" + ".join(keys),
        )
    return frame.join(other.set_index(keys), on=keys)
