"""What people see: tables, figures, sentences, the release, and the report made of the
notebooks.
"""

import bpsstats.reporting.tables.decompositions  # noqa: F401 - registers its tables
from bpsstats.reporting.figures.poverty import engel_figure, sensitivity_figure, welfare_figure
from bpsstats.reporting.figures.record import depth_figure, record_figure, steadiness_figure
from bpsstats.reporting.report.release import Release, annual_release, line_before, printed_lines
from bpsstats.reporting.tables.lines import basket_table
from bpsstats.reporting.tables.models import firth_note, glm_table
from bpsstats.reporting.tables.record import coherence_table, levels_table
from bpsstats.reporting.tables.table import table
from bpsstats.reporting.words.line import say_line, say_rebuilt_line
from bpsstats.reporting.words.poverty import say_poverty
from bpsstats.reporting.words.profile import say_food
from bpsstats.reporting.words.record import say_record
from bpsstats.reporting.words.release import say_observed, say_source

__all__ = [
    "Release",
    "annual_release",
    "basket_table",
    "coherence_table",
    "depth_figure",
    "engel_figure",
    "firth_note",
    "glm_table",
    "levels_table",
    "line_before",
    "printed_lines",
    "record_figure",
    "say_food",
    "say_line",
    "say_observed",
    "say_poverty",
    "say_rebuilt_line",
    "say_record",
    "say_source",
    "sensitivity_figure",
    "steadiness_figure",
    "table",
    "welfare_figure",
]
