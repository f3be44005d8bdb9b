"""File formats of raw files: delimited text is read where it lies, binary tables are rewritten by a
child process.
"""

from bpsstats.microdata.formats.open import BINARY, ENDINGS, open_source
from bpsstats.microdata.formats.source import Source

__all__ = ["BINARY", "ENDINGS", "Source", "open_source"]
