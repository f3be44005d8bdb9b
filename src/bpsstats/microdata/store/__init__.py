"""The store of processed rounds: what was read, checked and derived once, kept as Parquet, and used
again only while it is still true.
"""

from bpsstats.microdata.store.entry import Entry, Processed
from bpsstats.microdata.store.folders import clean_store, entry_of

__all__ = ["Entry", "Processed", "clean_store", "entry_of"]
