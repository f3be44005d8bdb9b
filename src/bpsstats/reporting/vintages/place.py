"""A release in its place: which files are its own, whether another is the same, the earlier one
kept beside it, and the new one put in its stead.
"""

import hashlib
import shutil
from pathlib import Path

from bpsstats.errors import OutputError
from bpsstats.files import put_in_place, scratch_folder
from bpsstats.reporting.vintages.moved import EARLIER, MOVED, TABLE, revisions_of

MANIFEST = "contents.sha256"  # what a run wrote; other files in the folder are not its own
LOG = "revisions-{lang}.csv"  # beside the release
# Of a release that was written before there was a list.
UNLISTED = ("report.html", "tables.xlsx", "tables", "figures", "notebooks")


def all_files(folder: Path) -> list[Path]:
    """All files below a folder, in order."""
    return sorted(path for path in folder.rglob("*") if path.is_file() or path.is_symlink())


def own_files(release: Path) -> list[Path]:
    """Files of a release that a run wrote, by its list; others in the folder are a user's own."""
    known, found = _listed(release), all_files(release)
    if known is None:  # written before there was a list
        return [path for path in found if path.relative_to(release).parts[0] in UNLISTED]
    return [path for path in found if path.relative_to(release).as_posix() in {*known, MANIFEST}]


def differences(last: Path | None, new: Path) -> list[str]:
    """Files in which a release in place is another one than the new; one that was removed from it
    is no difference.
    """
    if last is None:
        return []
    was = {path.relative_to(last).as_posix(): path for path in own_files(last)}
    now = {path.relative_to(new).as_posix(): path for path in all_files(new)}
    known = _listed(last) or set()
    changed = [n for n in was.keys() & now.keys() if was[n].read_bytes() != now[n].read_bytes()]
    added = [name for name in now.keys() - was.keys() if name not in known]
    return sorted({*changed, *added, *(was.keys() - now.keys())} - {MANIFEST})


def is_complete(last: Path, new: Path) -> bool:
    """Whether a release in place has all files that it should have."""
    return all((last / path.relative_to(new)).is_file() for path in all_files(new))


def write_list(new: Path) -> None:
    """Write the list of what a run wrote."""
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(new).as_posix()}\n"
        for path in all_files(new)
    ]
    (new / MANIFEST).write_text("".join(lines), encoding="utf8")


def keep(release: Path) -> Path:
    """Keep a copy of a release before another takes its place; only its own files.

    Returns
    -------
    path
        The folder of the copy, ``earlier/<language>-<vintage>`` beside the release.
    """
    name = f"{release.name}-{revisions_of(release).vintage}"
    kept = release.parent / EARLIER / name
    kept.parent.mkdir(exist_ok=True)
    with scratch_folder(".keeping-", kept.parent) as beside:
        copy = beside / name
        for path in own_files(release):
            target = copy / path.relative_to(release)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, target)
        if kept.exists():  # of a run that was ended before it could put its own in place
            shutil.rmtree(kept)
        copy.replace(kept)
    return kept


def replace_release(new: Path, folder: Path) -> None:
    """Put the finished report in the place of the last; files that a run did not write stay."""
    try:
        replaced = put_in_place(new, folder)
    except OSError as error:
        raise OutputError(
            f"The report could not be put in place in folder {folder.name} ({error.strerror}). The"
            " last one is as it was. Close programs that hold its files open, see that the folder"
            " may be written, and run it again."
        ) from error
    if replaced is None:
        return
    own = set(own_files(replaced))
    for path in all_files(replaced):
        target = folder / path.relative_to(replaced)
        if path not in own and not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(path, target)


def write_log(release: Path) -> None:
    """Write the log of revisions beside the release: what its own table of them tells."""
    release.with_name(MOVED.format(lang=release.name)).unlink(missing_ok=True)
    told = release / "tables" / f"{TABLE}.csv"
    if told.is_file():
        log = release.with_name(LOG.format(lang=release.name))
        beside = log.with_name(f".{log.name}.writing")
        beside.write_bytes(told.read_bytes())
        beside.replace(log)


def _listed(release: Path) -> set[str] | None:
    """Names on the list of a release, as of sha256sum; None where it has none."""
    path = release / MANIFEST
    if not path.is_file():
        return None
    return {line[66:] for line in path.read_text("utf8").splitlines()}
