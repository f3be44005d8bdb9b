"""Tables for people, one function for each kind of result."""

import bpsstats.reporting.tables.decompositions  # noqa: F401 - registers its tables
