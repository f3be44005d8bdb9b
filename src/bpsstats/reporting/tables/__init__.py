"""Tables for people, one function for each kind of result."""

import bpsstats.reporting.tables.data  # noqa: F401 - registers the tables of a round and a design
