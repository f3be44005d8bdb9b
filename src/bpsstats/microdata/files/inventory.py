"""Find the files of a round in a folder, whatever their dress, and say what is wrong with the set
of them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bpsstats.errors import InputError
from bpsstats.microdata.findings import Finding
from bpsstats.microdata.formats import ENDINGS
from bpsstats.microdata.layouts import ROLES, Layout, known_years, load_layout
from bpsstats.microdata.layouts.names import is_revised

SECOND, STRATA = "second part of the roster", "strata"
# Endings that look like tables and are never opened.
ARCHIVES = (".zip", ".rar", ".7z", ".tar", ".tar.gz", ".tgz", ".gz", ".bz2", ".xz", ".zst")
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
    """Files of each role in a folder.

    Raises
    ------
    InputError
        If the folder holds no file of the round.
    """
    paths: dict[str, list[Path]] = {role: [] for role in (*ROLES, SECOND, STRATA)}
    findings: list[Finding] = []
    for path in sorted(path for path in folder.iterdir() if path.is_file() or path.is_symlink()):
        role = role_of(layout, path.name)
        if role is not None and path.is_symlink() and not path.is_file():
            findings.append(
                Finding.of(
                    InputError("The link leads to no file.", "Put the file there.", file=path.name)
                )
            )
        elif role is not None:
            paths[role].append(path)
        elif any(
            file.matches(path.name, (*ARCHIVES, *UNSAFE, *OTHER_KINDS))
            for file in layout.files.values()
        ):
            findings.append(Finding.of(_refused(path)))
        elif (year := _other_year(layout, path.name)) is not None:
            what = f"The file is of March {year}, and the folder is read as March {layout.year}."
            remedy = (
                "Keep one round in a folder: the files of blocks 41 and 42 often do not say theirs."
            )
            findings.append(Finding("error", path.name, "", what, remedy, 0, ()))
    if not any(paths[role] for role in ROLES):
        names = ", ".join(layout.files[role].name for role in ROLES)
        more = f" {findings[0]}" if findings else ""
        raise InputError(
            f"Folder {folder.name} holds no file of March {layout.year}.{more} The files are:"
            f" {names} (ending {', '.join(ENDINGS)}).",
            "Put them there under their official names.",
        )
    findings += [*_missing(layout, paths), *_revised(layout, paths)]
    return Inventory(paths, tuple(findings))


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
    layouts = [load_layout(year) for year in known_years()]
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
