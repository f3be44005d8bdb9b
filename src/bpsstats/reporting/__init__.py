"""What people see: tables, figures, sentences, the release, and the report made of the
notebooks.
"""

import bpsstats.reporting.decomposition_tables  # noqa: F401 - registers its tables
from bpsstats.reporting.figures import engel_figure, sensitivity_figure, welfare_figure
from bpsstats.reporting.line_tables import basket_table
from bpsstats.reporting.model_tables import firth_note
from bpsstats.reporting.release import Release, annual_release, line_before, printed_lines
from bpsstats.reporting.tables import table
from bpsstats.reporting.words.line import say_line, say_rebuilt_line
from bpsstats.reporting.words.poverty import say_poverty
from bpsstats.reporting.words.profile import say_food
from bpsstats.reporting.words.release import say_observed, say_source

__all__ = [
    "Release",
    "annual_release",
    "basket_table",
    "engel_figure",
    "firth_note",
    "line_before",
    "printed_lines",
    "say_food",
    "say_line",
    "say_observed",
    "say_poverty",
    "say_rebuilt_line",
    "say_source",
    "sensitivity_figure",
    "table",
    "welfare_figure",
]
