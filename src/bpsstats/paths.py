"""Where things are: the one module that knows folders, so that notebooks and commands never spell a
path.
"""

import os
import re
from pathlib import Path

from bpsstats.errors import InputError, UnknownYearError

DATA_VARIABLE = "BPSSTATS_DATA"
FACTS_VARIABLE = "BPSSTATS_FACTS"
FALLBACK_VARIABLE, ACCEPTED = "BPSSTATS_DESIGN_FALLBACK", "accepted"
STORE_VARIABLE, OFF = "BPSSTATS_STORE", "off"
AUDIENCE_VARIABLE = "BPSSTATS_AUDIENCE"
PROCESSED, SUSENAS = "processed", "susenas"
ROUND = re.compile(r"\d{4}-03")  # folder of one round


def project_root() -> Path:
    """Folder of the project: the one that holds ``notebooks/`` and ``data/``.

    Raises
    ------
    InputError
        If the package was installed away from it.

    Examples
    --------
    >>> (project_root() / "notebooks").is_dir()
    True
    """
    root = Path(__file__).resolve().parents[2]
    if not (root / "notebooks").is_dir():
        raise InputError(
            "The package is installed away from the folder of its project, whose lines, printed"
            " figures, rounds and notebooks it reads.",
            "Run `pip install -e .` in that folder, with -e.",
        )
    return root


def absolute(path: str | Path) -> Path:
    """A path as it is meant here and now, whatever folder the process works in later.

    Examples
    --------
    >>> absolute("reports").is_absolute()
    True
    """
    return Path(path).expanduser().absolute()


def raw_dir() -> Path:
    """Folder of the raw files: ``$BPSSTATS_DATA`` if set, else ``data/raw``.

    Raises
    ------
    InputError
        If the variable names the folder of one round.
    """
    chosen = os.environ.get(DATA_VARIABLE)
    if not chosen:
        return project_root() / "data" / "raw"
    folder = absolute(chosen)
    if ROUND.fullmatch(folder.name) and not (folder / SUSENAS).is_dir():
        above = folder.parent.parent if folder.parent.name == SUSENAS else folder.parent
        raise InputError(
            f"Folder {folder.name} is that of one round, where that of all rounds belongs.",
            f"Name with --raw or the variable {DATA_VARIABLE} the folder of all rounds,"
            f" {above.name}, which holds {folder.relative_to(above).as_posix()}; a command that"
            " reads one round, such as check, takes that of one with --raw.",
        )
    return folder


def base_dir(raw: str | Path | None = None) -> Path:
    """Absolute raw folder: `raw`, or `raw_dir` where none is named."""
    return (raw_dir() if raw is None else Path(raw).expanduser()).resolve()


def store_dir(raw: str | Path | None = None) -> Path:
    """Folder of the processed rounds of a raw folder.

    Those of ``data/raw`` lie in ``data/processed``. Those of any other raw folder lie in that
    folder, because rounds derived from real files must not come into the repository.

    Examples
    --------
    >>> store_dir("/secure/folder").as_posix()
    '/secure/folder/processed'
    """
    base, shipped = base_dir(raw), project_root() / "data" / "raw"
    return processed_dir() if base.is_relative_to(shipped) else base / PROCESSED


def uses_store() -> bool:
    """Whether processed rounds are stored and used; not where ``$BPSSTATS_STORE`` is "off"."""
    return os.environ.get(STORE_VARIABLE) != OFF


def accepts_rebuilt_design() -> bool:
    """Whether ``$BPSSTATS_DESIGN_FALLBACK`` accepts that PSU and stratum are rebuilt where a round
    does not release them.
    """
    return os.environ.get(FALLBACK_VARIABLE) == ACCEPTED


def round_dir(year: int, raw: str | Path | None = None) -> Path:
    """Folder of one March round.

    Parameters
    ----------
    year : int
        Survey year.
    raw : path, optional
        Raw folder; it may hold ``susenas/<year>-03/``, ``<year>-03/``, or the files themselves.
        Default: `raw_dir`.

    Examples
    --------
    >>> round_dir(2022).name
    '2022-03'
    """
    base = raw_dir() if raw is None else absolute(raw)
    for folder in _folders_of_round(year, base):
        if folder.is_dir():
            return folder
    return base / SUSENAS / f"{year}-03" if raw is None else base


def existing_round_dir(year: int, raw: str | Path | None = None) -> Path:
    """Folder of one March round, as of `round_dir`.

    Raises
    ------
    UnknownYearError
        If there is none.
    """
    folder = round_dir(year, raw)
    if folder.is_dir():
        return folder
    if raw is not None or not raw_dir().is_dir():
        missing = folder.name if raw is not None else raw_dir().name
        raise UnknownYearError(
            f"There are no files of March {year}: folder {missing} does not exist. Name the folder"
            f" of the official files with --raw or the variable {DATA_VARIABLE}."
        )
    raise UnknownYearError(
        f"There are no files of March {year}: folder {raw_dir().name} holds no folder"
        f" {folder.name}. Put the official files of the round into one, or name the folder of all"
        f" rounds with --raw or the variable {DATA_VARIABLE}; a command that reads one round, such"
        " as check, takes the folder of its files with --raw."
    )


def has_round(year: int, raw: str | Path | None = None) -> bool:
    """Whether a folder of its own holds the round; files that lie in `raw` itself belong to one
    round only.
    """
    base = raw_dir() if raw is None else absolute(raw)
    return any(folder.is_dir() for folder in _folders_of_round(year, base))


def _folders_of_round(year: int, base: Path) -> tuple[Path, Path]:
    """Where a raw folder may keep a round."""
    return base / SUSENAS / f"{year}-03", base / f"{year}-03"


def facts_files(name: str, raw: str | Path | None = None) -> list[Path]:
    """Files of dated facts of a name, the first of which takes precedence: of the folders of
    ``$BPSSTATS_FACTS``, beside the data, and the project's.

    Examples
    --------
    >>> [path.parent.name for path in facts_files("poverty_lines.yaml")]
    ['raw']
    """
    return [path for folder in facts_folders(raw) if (path := folder / name).is_file()]


def facts_folders(raw: str | Path | None = None) -> list[Path]:
    """Folders of dated facts, the first of which takes precedence, as of `facts_files`."""
    named = [
        Path(folder) for folder in os.environ.get(FACTS_VARIABLE, "").split(os.pathsep) if folder
    ]
    folders = [*named, base_dir(raw), project_root() / "data" / "raw"]
    return list(dict.fromkeys(folder.absolute() for folder in folders))


def state_of(path: Path) -> tuple[int, int]:
    """What changes when a file does, for those that keep what they read of it."""
    stat = path.stat()
    return stat.st_mtime_ns, stat.st_size


def published_file() -> Path:
    """File of printed figures; it comes with the project, whatever the raw folder."""
    return project_root() / "data" / "raw" / "published.csv"


def populations_file() -> Path:
    """File of populations on other bases; it comes with the project, whatever the raw folder."""
    return project_root() / "data" / "raw" / "populations.yaml"


def processed_dir() -> Path:
    """Folder of the tables that the pipeline writes."""
    return project_root() / "data" / "processed"


def notebooks_dir() -> Path:
    """Folder of the notebooks."""
    return project_root() / "notebooks"


def reports_dir() -> Path:
    """Folder that the annual reports are written to."""
    return project_root() / "reports"
