"""File formats of raw files: delimited text is read where it lies, binary tables are rewritten by a
child process, which stops at limits of time, memory and size.
"""

from bpsstats.microdata.formats.archive import ARCHIVE, archive_of, members_of
from bpsstats.microdata.formats.open import BINARY, ENDINGS, GIB, open_source
from bpsstats.microdata.formats.source import Source
from bpsstats.microdata.formats.temporary import workspace

__all__ = [
    "ARCHIVE", "BINARY", "ENDINGS", "GIB", "Source", "archive_of", "members_of", "open_source",
    "workspace",
]  # fmt: skip
