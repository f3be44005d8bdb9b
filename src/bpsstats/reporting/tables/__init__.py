"""Tables for people, one function for each kind of result."""

# Each of these registers the tables of its results.
import bpsstats.reporting.tables.data
import bpsstats.reporting.tables.decompositions
import bpsstats.reporting.tables.disclosure
import bpsstats.reporting.tables.lines
import bpsstats.reporting.tables.models
import bpsstats.reporting.tables.record  # noqa: F401
