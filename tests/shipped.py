"""The releases of all shipped years in both languages, computed once for all tests."""

from dataclasses import replace
from functools import cache

from bpsstats.paths import raw_dir
from bpsstats.poverty import headcount_by_line
from bpsstats.reporting import annual_release, sensitivity_figure, welfare_figure

AREA = "6471"
YEARS = sorted(int(folder.name[:4]) for folder in (raw_dir() / "susenas").glob("*-03"))
LAST = YEARS[-1]


class _Releases:
    """Year and language to release."""

    @staticmethod
    @cache
    def _of(year, lang):
        if lang != "en":
            return replace(RELEASES[year, "en"], lang=lang)
        return annual_release(AREA, year)

    def __getitem__(self, key):
        return self._of(*key)


RELEASES = _Releases()


@cache
def drawings(year, lang):
    """All figures of a release and of the notebooks, by name."""
    release = RELEASES[year, lang]
    curve = headcount_by_line(release.households, release.now.line)
    return release.drawings() | {
        "effects": release.effects_figure,
        "size": release.size_figure,
        "sensitivity": sensitivity_figure(curve, lang),
        "welfare": welfare_figure(release.households, release.now.line, lang),
    }
