"""Find the files of a round in a folder, whatever their dress, and say what is wrong with the set
of them.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bpsstats.errors import InputError
from bpsstats.microdata.findings import Finding
from bpsstats.microdata.formats import ARCHIVE, ENDINGS, GIB, archive_of, members_of
from bpsstats.microdata.layouts import ROLES, Layout, known_years, load_layout
from bpsstats.microdata.layouts.names import is_revised

SECOND, STRATA = "second part of the roster", "strata"
# Endings that look like tables and are never opened.
ARCHIVES = (ARCHIVE, ".rar", ".7z", ".tar", ".tar.gz", ".tgz", ".gz", ".bz2", ".xz", ".zst")
UNSAFE = (".pkl", ".pickle", ".joblib", ".pkl.gz")
OTHER_KINDS = (
    ".xlsx",
    ".xls",
    ".parquet",
    ".feather",
    ".rds",
    ".rdata",
    ".txt",
    ".tsv",
    ".sas7bdat",
    ".por",
    ".html",
)
# Folders of a round in which more of it may lie, such as KOR and KP; how far down, and how many
# files are looked at.
DEEPEST, MOST_FILES, MOST_NAMED = 3, 10_000, 6
NOT_OF_A_ROUND = ("processed", "__MACOSX")
YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")
# Bytes that a compressed file may unpack to: as delimited text, the file of the whole nation (about
# 350,000 households) has a half to two thirds of that.
MOST_BYTES = {
    "kor_individual": 2 * GIB,
    "kor_household": GIB,
    "blok41": 4 * GIB,
    "blok42": 3 * GIB,
    "blok43": GIB // 2,
}
WITHOUT = {
    "kor_individual": "Without the roster education and work are left out.",
    "kor_household": "Without it region, design and weights are taken from the roster or block 43.",
    "blok41": "Without it food is not summed from the items.",
    "blok42": "Without it other spending is not summed from the items.",
    "blok43": "Without it expenditure is summed from the items of blocks 41 and 42.",
}


@dataclass(frozen=True, slots=True, eq=False)
class Inventory:
    """Files of a folder by role, the second parts of the roster and the strata among them, and what
    is wrong with the set.
    """

    paths: Mapping[str, Sequence[Path]]
    findings: tuple[Finding, ...]


def find_files(layout: Layout, folder: Path) -> Inventory:
    """Files of each role in a folder, in the folders in it, and in its zip archives.

    Of a file that lies at several depths the one nearest to the folder is taken, and one that is
    unpacked before one that is not; the others are named.

    Raises
    ------
    InputError
        If the folder holds no file of the round, or may not be read.
    """
    paths: dict[str, list[Path]] = {role: [] for role in (*ROLES, SECOND, STRATA)}
    findings: list[Finding] = []
    unopened: list[InputError] = []
    try:
        seen = list(_files(layout, folder, unopened))
    except OSError as error:
        raise InputError(
            f"Folder {folder.name} may not be read: {error.strerror}.", "Check whose it is."
        ) from error
    for path in seen:
        role = role_of(layout, path.name)
        if role is not None and path.is_symlink() and not path.is_file():
            findings.append(
                Finding.of(
                    InputError("The link leads to no file.", "Put the file there.", file=path.name)
                )
            )
        elif role is not None:
            paths[role].append(path)
        elif path.suffix.lower() != ARCHIVE and _is_of_another_kind(layout, path):
            findings.append(Finding.of(_refused(path)))
        elif (year := _other_year(layout, path.name)) is not None:
            what = f"The file is of March {year}, and the folder is read as March {layout.year}."
            remedy = (
                "Keep one round in a folder: the files of blocks 41 and 42 often do not say theirs."
            )
            findings.append(Finding("error", path.name, "", what, remedy, 0, ()))
    # An archive that cannot be read matters where a file is missing, or where its name says so.
    is_whole = all(paths[role] for role in ROLES)
    findings += [
        Finding.of(error, "warning" if is_whole and not _is_named(layout, error) else "error")
        for error in unopened
    ]
    if not any(paths[role] for role in ROLES):
        names = ", ".join(layout.files[role].name for role in ROLES)
        more = f" {findings[0]}" if findings else ""
        raise InputError(
            f"Folder {folder.name} holds no file of March {layout.year}.{more}"
            f" {_what_was_seen(folder, seen)} The files are: {names} (ending"
            f" {', '.join(ENDINGS)}).",
            "Put them there under their official names.",
        )
    for role in paths:
        paths[role], more_of_it = _nearest(folder, paths[role])
        findings += more_of_it
    findings += [*_missing(layout, paths), *_revised(layout, paths)]
    return Inventory(paths, tuple(findings))


def _files(
    layout: Layout, folder: Path, unopened: list[InputError], depth: int = 0
) -> Iterator[Path]:
    """Files of a folder, of the folders in it, and the members of its archives, whose errors are
    kept.
    """
    for path in sorted(folder.iterdir())[:MOST_FILES]:
        if path.name.startswith(".") or path.name in NOT_OF_A_ROUND:
            continue
        if path.is_dir() and not path.is_symlink():
            years = YEAR.findall(path.name)
            if depth < DEEPEST and (not years or str(layout.year) in years):
                yield from _files(layout, path, unopened, depth + 1)
            continue
        yield path
        if path.suffix.lower() == ARCHIVE and path.is_file():
            try:
                yield from (m for m in members_of(path) if not m.name.startswith("."))
            except InputError as error:
                unopened.append(error)


def _is_of_another_kind(layout: Layout, path: Path) -> bool:
    """Whether a file bears a role's name and an ending that is not read."""
    endings = (*ARCHIVES, *UNSAFE, *OTHER_KINDS)
    return any(file.matches(path.name, endings) for file in layout.files.values())


def _is_named(layout: Layout, error: InputError) -> bool:
    """Whether the file of an error bears a role's name."""
    return error.file is not None and _is_of_another_kind(layout, Path(error.file))


def _what_was_seen(folder: Path, seen: Sequence[Path]) -> str:
    """The files of a folder in a sentence."""
    if not seen:
        folders = [path.name for path in sorted(folder.iterdir()) if path.is_dir()]
        empty = [name for name in folders if name not in NOT_OF_A_ROUND][:MOST_NAMED]
        return f"It holds no file, but folders: {', '.join(empty)}." if empty else "It is empty."
    names = ", ".join(path.relative_to(folder).as_posix() for path in seen[:MOST_NAMED])
    more = len(seen) - MOST_NAMED
    return f"It holds: {names}{f' and {more:,} more' if more > 0 else ''}."


def _nearest(folder: Path, paths: Sequence[Path]) -> tuple[list[Path], list[Finding]]:
    """The files of a role that are read, and a warning for each of the others."""

    def distance(path: Path) -> tuple[bool, int]:
        return archive_of(path) is not None, len(path.relative_to(folder).parts)

    least = min(map(distance, paths), default=None)
    nearest = [path for path in paths if distance(path) == least]
    findings = []
    for path in paths:
        if path not in nearest:
            what = (
                f"The file is not read, because {nearest[0].relative_to(folder).as_posix()} is the"
                " same file of the round and lies nearer."
            )
            place = path.relative_to(folder).as_posix()
            remedy = "Take one of them away; parts of a file must lie in one folder."
            findings.append(Finding("warning", place, "", what, remedy, 0, ()))
    return nearest, findings


def role_of(layout: Layout, name: str) -> str | None:
    """Which file of the round a name is.

    Examples
    --------
    >>> role_of(load_layout(2020), "bv2_20260105_KOR20IND_2.DBF")
    'second part of the roster'
    """
    if layout.design.is_strata_file(name):
        return STRATA
    for role, file in layout.files.items():
        if file.matches(name):
            return role
        if file.matches_second(name):
            return SECOND
    return None


def years_of_files(folder: Path) -> list[int]:
    """Rounds whose roster or household file lies in a folder itself; the items often do not say
    their year.
    """
    if not folder.is_dir():
        return []
    names = [path.name for path in folder.iterdir()]
    layouts = [load_layout(year, folder) for year in known_years(folder)]
    return [
        layout.year
        for layout in layouts
        if any(role_of(layout, name) in ("kor_individual", "kor_household") for name in names)
    ]


def _other_year(layout: Layout, name: str) -> int | None:
    """The other round that a name belongs to."""
    others = (year for year in known_years() if year != layout.year)
    return next((year for year in others if role_of(load_layout(year), name) is not None), None)


def _missing(layout: Layout, paths: Mapping[str, Sequence[Path]]) -> Iterator[Finding]:
    """Files that are not there, and what cannot be done without them."""
    for role in (role for role in ROLES if not paths[role]):
        what = f"The file {layout.files[role].name} is not in the folder."
        remedy = (
            f"{WITHOUT[role]} Put it there under its official name (ending {', '.join(ENDINGS)})."
        )
        # One file must say where a household lies, what it stands for and how large it is.
        alone = role == "kor_individual" and not (paths["blok43"] or paths["kor_household"])
        yield Finding("error" if alone else "warning", "", "", what, remedy, 0, ())


def _revised(layout: Layout, paths: Mapping[str, Sequence[Path]]) -> Iterator[Finding]:
    """Revised editions where the agency's own name does not say so."""
    for role in ROLES:
        for path in paths[role]:
            if is_revised(path.name) and not is_revised(layout.files[role].name):
                remedy = "Take the other files of the round from the delivery that it came with."
                yield Finding(
                    "warning", path.name, "", "The file is a revised edition.", remedy, 0, ()
                )


def _refused(path: Path) -> InputError:
    """Why a file that bears a role's name is not opened."""
    name = path.name.lower()
    if name.endswith(UNSAFE):
        what, remedy = (
            "Files of this kind can run programs and are never opened.",
            "Export the table as CSV.",
        )
    elif name.endswith(ARCHIVES):
        what, remedy = (
            "Archives are not opened.",
            "Unpack it yourself and put the table into the folder.",
        )
    else:
        what, remedy = (
            "Files of this kind are not read.",
            f"Export the table as one of {', '.join(ENDINGS)}.",
        )
    return InputError(what, remedy, file=path.name)
