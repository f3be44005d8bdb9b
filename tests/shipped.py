"""The releases of all shipped years in both languages, computed once for all tests."""

from functools import cache
from itertools import product

from bpsstats.paths import raw_dir
from bpsstats.reporting import welfare_figure
from bpsstats.reporting.report.release import Release
from bpsstats.reporting.report.results import Results
from bpsstats.reporting.words.language import LANGUAGES
from in_ci import here

AREA = "6471"
YEARS = sorted(int(folder.name[:4]) for folder in (raw_dir() / "susenas").glob("*-03"))
# The last; all others, that without a year before it too, in the CI.
EACH_RELEASE = here([(YEARS[-1], "id")], product(YEARS, LANGUAGES))


@cache
def results(year):
    """All results of a year."""
    return Results(AREA, year)


@cache
def release(year, lang):
    """The release of a year in a language."""
    return Release(results(year), lang)


@cache
def drawings(year, lang):
    """All figures of the sections and of the notebooks, by name."""
    of_notebooks = ("differences", "by_size", "sensitivity")
    shown = {name: release(year, lang)[name].figure for name in of_notebooks}
    now = results(year)
    welfare = {"welfare": welfare_figure(now.households, now.now.line, lang)}
    return release(year, lang).drawings() | shown | welfare
