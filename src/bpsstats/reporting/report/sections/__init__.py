"""The sections of the report: a section is a class in one of these modules and a line in a list."""

from bpsstats.reporting.report.section import Section
from bpsstats.reporting.report.sections.about import (
    Citation,
    Glossary,
    Limits,
    Method,
    Revisions,
)
from bpsstats.reporting.report.sections.behind import Behind, Classes, Incidence
from bpsstats.reporting.report.sections.line import Basket, Line, Lines
from bpsstats.reporting.report.sections.models import (
    BySize,
    Differences,
    Model,
    Odds,
    Predicted,
    SeveralModels,
)
from bpsstats.reporting.report.sections.people import Education, Food, Who, Work
from bpsstats.reporting.report.sections.printed import Areas, Ledger, Quality, Withholding
from bpsstats.reporting.report.sections.profile import Deprivations, Profile
from bpsstats.reporting.report.sections.year import (
    Change,
    Depth,
    Inequality,
    Near,
    Poverty,
    Sensitivity,
    Series,
    Summary,
)

# The page shows these, in this order: that of a press release of BPS.
PAGE: tuple[type[Section], ...] = (
    Summary,
    Poverty,
    Change,
    Series,
    Lines,
    Basket,
    Depth,
    Inequality,
    Education,
    Work,
    Who,
    Profile,
    Food,
    Model,
    Near,
    Areas,
    Quality,
    Ledger,
    Method,
    Limits,
    Glossary,
    Revisions,
    Citation,
)
# The notebooks show these as well.
MORE: tuple[type[Section], ...] = (
    Line,
    Sensitivity,
    Differences,
    BySize,
    Odds,
    Predicted,
    SeveralModels,
    Behind,
    Classes,
    Incidence,
    Deprivations,
    Withholding,
)
SECTIONS = PAGE + MORE
