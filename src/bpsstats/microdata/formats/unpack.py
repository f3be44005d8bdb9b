"""What may be larger than it looks is measured, and taken out of archives, by a child process that
stops at a limit.

This file runs as a program of its own, without the rest of the project, so that it starts quickly:
it must import nothing but the standard library.
"""

import codecs
import gzip
import json
import os
import re
import sys
import threading
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast

ANEW = "Get it anew from its source."
YOURSELF = "If you trust it, unpack it yourself and put the tables into the folder."
MEMORY = 1 << 30  # bytes of address space
PIECE = 1 << 20  # bytes
LONGEST_HEADING = 1 << 20  # bytes of a line that may hold the column names
FIRST_LINES = 10
END_MARK = b"\x1a"  # of files, in the days of DOS; some programs still write it
AFTER_THE_END = b"\x1a\0 \r\n"
# A mark at the start says how characters are coded; the longer marks first, as one begins another.
MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (codecs.BOM_UTF8, "utf-8-sig"),
)
UNMARKED = (
    (re.compile(rb"([ -~]\0){4}"), "utf-16-le"),
    (re.compile(rb"(\0[ -~]){4}"), "utf-16-be"),
)
MOST_MEMBERS = 10_000
READ_METHODS = (0, 8, 12, 14)  # stored, deflated, bzip2, lzma
ENCRYPTED, LINK = 0x1, 0o120000


class UnpackError(Exception):
    """What is wrong with a file, and the remedy."""

    def __init__(self, what: str, remedy: str = ANEW) -> None:
        super().__init__(what)
        self.what, self.remedy = what, remedy


def look(path: Path, most: int, copy: Path, above: int = 0) -> dict[str, Any]:
    """What delimited text looks like.

    Parameters
    ----------
    path : Path
        Text, compressed by gzip if its name ends in .gz.
    most : int
        Bytes that it may have when unpacked.
    copy : Path
        Where a plain copy goes, in UTF-8, without an end mark and without the lines above, if the
        text is not so itself.
    above : int
        Lines above the column names.

    Returns
    -------
    dict
        ``lines``: the first lines, as Latin-1, where a mark of bytes is taken away; ``quotes``:
        whether a quotation mark stands anywhere; ``copied``: whether there is a copy;
        ``encoding``: what the text was coded in, if it tells; ``utf8``: whether it is, or its copy.

    Raises
    ------
    UnpackError
        If it is damaged, or larger than it may be.
    """
    encoding, quotes, tail = None, False, b""
    utf8: codecs.IncrementalDecoder | None = codecs.getincrementaldecoder("utf-8")()
    for i, piece in enumerate(_pieces(path, most)):
        if not i:
            encoding = _encoding(piece)
        quotes = quotes or b'"' in piece
        try:
            if utf8 is not None:
                utf8.decode(piece)
        except UnicodeDecodeError:
            utf8 = None
        tail = (tail + piece)[-PIECE:]
    wide = encoding is not None and encoding != "utf-8-sig"
    if wide:
        tail = tail.replace(b"\0", b"")
    ended = END_MARK in tail[len(tail.rstrip(AFTER_THE_END)) :]
    if wide or ended or above:
        _rewrite(path, most, copy, encoding if wide else None, above)
        path = copy
    with _opened(path) as handle:
        lines = [handle.readline(LONGEST_HEADING) for _ in range(FIRST_LINES)]
    lines[0] = lines[0].removeprefix(codecs.BOM_UTF8)
    return {
        "lines": [line.decode("latin-1").rstrip("\r\n") for line in lines if line],
        "quotes": quotes,
        "copied": path == copy,
        "encoding": encoding.upper() if encoding and wide else None,
        "utf8": wide or utf8 is not None,
    }


def _opened(path: Path) -> BinaryIO:
    """The bytes of a file, unpacked."""
    if path.suffix.lower() == ".gz":
        return cast("BinaryIO", gzip.GzipFile(path))
    return path.open("rb")


def _pieces(path: Path, most: int) -> Iterator[bytes]:
    """The bytes of a file in pieces. A compressed file is read to its end, where its check sum
    stands.
    """
    size = 0
    try:
        with _opened(path) as handle:
            while piece := handle.read(PIECE):
                size += len(piece)
                if size > most:
                    raise too_large(most)
                yield piece
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise UnpackError("The compressed file is no table: it is damaged or was cut.") from error


def too_large(most: int) -> UnpackError:
    """What is wrong with a file that unpacks to more than any file of its kind has."""
    return UnpackError(
        f"The file unpacks to more than {most / 2**30:,.2g} GiB, more than the file of the whole"
        " nation has.",
        YOURSELF,
    )


def _encoding(start: bytes) -> str | None:
    """How characters are coded, where the first bytes tell."""
    for mark, encoding in MARKS:
        if start.startswith(mark):
            return encoding
    return next((encoding for pattern, encoding in UNMARKED if pattern.match(start)), None)


def _rewrite(path: Path, most: int, copy: Path, encoding: str | None, above: int) -> None:
    """Write the text as UTF-8, or as it is, without its end mark and the lines above."""
    decoder = None if encoding is None else codecs.getincrementaldecoder(encoding)()
    try:
        with copy.open("w+b") as out:
            for piece in _pieces(path, most):
                plain = piece if decoder is None else decoder.decode(piece).encode()
                while above and b"\n" in plain:
                    plain = plain.partition(b"\n")[2]
                    above -= 1
                out.write(b"" if above else plain)
            if decoder is not None:
                out.write(decoder.decode(b"", final=True).encode())
            size = out.seek(0, os.SEEK_END)
            out.seek(max(0, size - PIECE))
            tail = out.read()
            if END_MARK in tail[len(tail.rstrip(AFTER_THE_END)) :]:
                out.truncate(size - len(tail) + len(tail.rstrip(AFTER_THE_END)))
                out.seek(0, os.SEEK_END)
                out.write(b"\n")
    except UnicodeError as error:
        raise UnpackError(
            f"The text is coded in {(encoding or 'UTF-8').upper()}, and is damaged or was cut."
        ) from error


def members(path: Path) -> list[str]:
    """Names of the files in a zip archive, in their order.

    Raises
    ------
    UnpackError
        If it is damaged, or made to reach outside the folder that it is unpacked to.
    """
    import zipfile  # which takes longer to import than a table takes to look at

    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, EOFError, NotImplementedError) as error:  # by damage
        raise UnpackError("The zip archive is damaged or was cut.") from error
    if len(entries) > MOST_MEMBERS:
        raise UnpackError(f"The zip archive holds more than {MOST_MEMBERS:,} files.", YOURSELF)
    names = []
    for entry in entries:
        # `orig_filename` is what stands in the archive, before anything was made of it.
        parts = re.split(r"[\\/]", entry.orig_filename)
        if parts[0] == "" or ".." in parts or ":" in parts[0] or "\0" in entry.orig_filename:
            raise UnpackError(
                "The zip archive names files outside the folder that it is unpacked to.", YOURSELF
            )
        if (entry.external_attr >> 16) & 0o170000 == LINK:
            raise UnpackError("The zip archive holds a link.", YOURSELF)
        if not entry.is_dir():
            names.append(entry.filename)
    return names


def take_out(path: Path, member: str, most: int, copy: Path) -> None:
    """Write a member of a zip archive to a file.

    Raises
    ------
    UnpackError
        If it is damaged, protected, packed in a way that is not read, or larger than it may be.
    """
    import zipfile  # which takes longer to import than a table takes to look at

    try:
        with zipfile.ZipFile(path) as archive:
            entry = archive.getinfo(member)
            if entry.flag_bits & ENCRYPTED:
                raise UnpackError("The zip archive is protected by a password.", YOURSELF)
            if entry.compress_type not in READ_METHODS:
                raise UnpackError("The zip archive is packed in a way that is not read.", YOURSELF)
            if entry.file_size > most:
                raise too_large(most)
            size = 0
            with archive.open(entry) as packed, copy.open("wb") as out:
                while piece := packed.read(PIECE):
                    size += len(piece)
                    if size > most:
                        raise too_large(most)
                    out.write(piece)
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, KeyError) as error:
        raise UnpackError("The zip archive is damaged or was cut.") from error


def limit_memory(most: int) -> bool:
    """Limit the memory of this process, where the system does that."""
    try:
        import resource  # Windows has no such module

        resource.setrlimit(resource.RLIMIT_AS, (most, most))
    except (ImportError, ValueError, OSError):
        return False
    return True


def end_with_the_parent() -> None:
    """End this process when its standard input ends, that is when the parent is no more."""

    def wait() -> None:
        while os.read(0, PIECE):
            pass
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def main(arguments: list[str]) -> int:
    """``look PATH MOST COPY ABOVE``, ``members PATH`` or ``take-out PATH MEMBER MOST COPY``; prints
    a JSON object, either what was found or what is wrong.
    """
    verb, path, rest = arguments[0], Path(arguments[1]), arguments[2:]
    limit_memory(MEMORY)
    try:
        if verb == "look":
            answer = look(path, int(rest[0]), Path(rest[1]), int(rest[2]))
        elif verb == "members":
            answer = {"members": members(path)}
        else:
            take_out(path, rest[0], int(rest[1]), Path(rest[2]))
            answer = {}
    except UnpackError as error:
        answer = {"what": error.what, "remedy": error.remedy}
    except OSError as error:
        answer = {
            "what": f"The file cannot be read or unpacked: {error.strerror}.",
            "remedy": "Check that you may read it and that the disk for temporary files has room.",
        }
    except (Exception, MemoryError):
        answer = {"what": "The file cannot be read.", "remedy": f"It is damaged. {ANEW}"}
    print(json.dumps(answer))
    return 0


if __name__ == "__main__":
    end_with_the_parent()
    sys.exit(main(sys.argv[1:]))
