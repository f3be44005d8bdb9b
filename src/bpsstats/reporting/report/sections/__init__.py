"""The sections of the report: a section is a class in one of these modules and a line in a list."""

from bpsstats.reporting.report.section import Section
from bpsstats.reporting.report.sections.line import Basket, Line
from bpsstats.reporting.report.sections.models import (
    BySize,
    Differences,
    Model,
    Odds,
    Predicted,
    SeveralModels,
)
from bpsstats.reporting.report.sections.people import Education, Food, Work
from bpsstats.reporting.report.sections.printed import Ledger, Withholding
from bpsstats.reporting.report.sections.profile import Profile
from bpsstats.reporting.report.sections.year import Change, Poverty, Sensitivity, Series

# The page shows these, in this order.
PAGE: tuple[type[Section], ...] = (
    Poverty,
    Change,
    Series,
    Education,
    Work,
    Food,
    Profile,
    Model,
    Ledger,
)
# The notebooks show these as well.
MORE: tuple[type[Section], ...] = (
    Line,
    Basket,
    Sensitivity,
    Differences,
    BySize,
    Odds,
    Predicted,
    SeveralModels,
    Withholding,
)
SECTIONS = PAGE + MORE
