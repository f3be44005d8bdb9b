"""Results as a release shows them."""

from typing import Any, cast

from bpsstats.disclosure import WITHHELD, is_of_respondents, released
from bpsstats.disclosure.released import Disclosure
from bpsstats.reporting.report.results.computed import ALONE, Results


class ShownResults:
    """Results behind the gate: each attribute is the released view of that of `Results`.

    Parameters
    ----------
    results : Results
    """

    def __init__(self, results: Results) -> None:
        self._results = results
        self._views: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        if name not in self._views:
            value = getattr(self._results, name)
            if is_of_respondents(value):
                alone = name in ALONE or name == "rebuilt"
                value = released(value) if alone else self._results.disclosure.show(value)
            self._views[name] = value
        return self._views[name]

    @property
    def disclosure(self) -> Disclosure:
        """What was decided on all figures."""
        return self._results.disclosure

    @property
    def n_poor(self) -> float:
        """Poor households in the sample, withheld where they are few."""
        results = self._results
        few = results.n_poor < results.disclosure.result.policy.least_numerator
        return WITHHELD if few and is_of_respondents(results.now.poverty) else results.n_poor


def shown(results: Results) -> Results:
    """Results behind the gate, of the type that sections take."""
    return cast("Results", ShownResults(results))
