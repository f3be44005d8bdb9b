"""The controls of the explorer, from ipywidgets: what can be chosen, and what follows from it."""

from threading import Thread
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from bpsstats.errors import BpsStatsError
from bpsstats.poverty import poverty_line
from bpsstats.reporting.explorer.answers import OneRound, years_there
from bpsstats.reporting.explorer.question import (
    EVERYBODY,
    HIGHEST,
    INDICES,
    LEAST_FACTOR,
    LOWEST,
    MOST_FACTOR,
    STEP,
    Question,
)

if TYPE_CHECKING:
    from bpsstats.reporting.explorer.explore import Explorer

NAMES = {"description_width": "9em"}
Options = list[tuple[str, Any]]


class Controls:
    """Controls that ask, and what is drawn of the answer.

    Parameters
    ----------
    explorer : Explorer
        What answers.
    """

    def __init__(self, explorer: "Explorer") -> None:
        self.explorer, self.words, asked = explorer, explorer.words, explorer.question
        self.year = self._choice("round", [(str(year), year) for year in years_there()])
        self.area, self.domain = self._choice("area"), self._choice("domain")
        self.by, self.statistic = self._choice("by"), self._choice("statistic")
        limits = {"min": LOWEST, "max": HIGHEST, "step": STEP, "readout_format": ".2f"}
        self.multiple = widgets.FloatSlider(value=asked.multiple, **limits, **self._named("line"))
        limits = {"min": LEAST_FACTOR, "max": MOST_FACTOR, "step": 0.01}
        self.factor = widgets.BoundedFloatText(value=1.0, **limits, **self._named("factor"))
        self.before, self.shown = widgets.HTML(), widgets.HTML()
        code = self._named("code") | {"layout": {"width": "58em", "max_width": "100%"}}
        self.code = widgets.Textarea(rows=7, **code)
        self.year.value = asked.year
        self._offer_areas(asked.area)
        self._offer_what_the_round_has(asked)
        _offer(
            self.statistic,
            [(self.words.statistic(name), name) for name in INDICES],
            asked.statistic,
        )
        controls = (
            self.area, self.year, self.multiple, self.factor, self.domain, self.statistic, self.by,
        )  # fmt: skip
        chosen = widgets.Box(controls, layout={"flex_flow": "row wrap"})
        self.box = widgets.VBox([self.before, chosen, self.shown, self.code])
        self.box.add_class("bps-explore")
        self._is_offering = False
        for control in controls:
            control.observe(self._changed, "value")
        self._draw()
        # Opening a round takes longer than drawing it, so that the others are opened meanwhile.
        self.others = Thread(target=explorer.answers.open_others, args=(asked.area,), daemon=True)
        self.others.start()

    @property
    def question(self) -> Question:
        """What the controls ask."""
        factor = round(float(self.factor.value), 4)
        return Question(
            self.area.value,
            self.year.value,
            round(float(self.multiple.value), 4),
            None if factor == self._factor_on_file() else factor,
            self.domain.value,
            self.by.value,
            self.statistic.value,
        )

    def _changed(self, change: Any) -> None:
        """Ask anew; another round has other areas, and both have other domains and factors."""
        if self._is_offering:
            return
        if change["owner"] in (self.year, self.area):
            self._is_offering = True
            try:
                if change["owner"] is self.year:
                    self._offer_areas(self.area.value)
                self._offer_what_the_round_has(self.question)
            finally:
                self._is_offering = False
        self._draw()

    def _draw(self) -> None:
        self.shown.value = self.explorer.ask(self.question)
        self.code.value = repr(self.explorer)

    def _offer_areas(self, wanted: str) -> None:
        """Areas that the round has a household of."""
        areas = self.explorer.answers.areas(self.year.value)
        _offer(self.area, [(f"{area.code} {area.name}", area.code) for area in areas], wanted)

    def _offer_what_the_round_has(self, wanted: Question) -> None:
        """Domains, characteristics and the factor of the round; of one that cannot be read, none:
        what is drawn says why.
        """
        try:
            found: OneRound | None = self.explorer.answers.of_round(wanted.area, wanted.year)
        except BpsStatsError:
            found = None
        domains = found.domains if found else [EVERYBODY]
        by = found.characteristics if found else [wanted.by]
        _offer(self.domain, [(self.words.label(each), each) for each in domains], wanted.domain)
        _offer(self.by, [(self.words.label(each), each) for each in by], wanted.by)
        self.factor.value = self._factor_on_file()

    def _factor_on_file(self) -> float:
        """The factor of the area and year; 1 where there is no line, which what is drawn says."""
        try:
            return poverty_line(self.area.value, self.year.value).factor
        except BpsStatsError:
            return 1.0

    def _choice(self, name: str, options: Options | None = None) -> Any:
        return widgets.Dropdown(options=options or [], **self._named(name))

    def _named(self, name: str) -> dict[str, Any]:
        """Name and width of a control."""
        named = {"description": self.words.say(name, "explore")}
        return named | {"style": NAMES, "layout": {"width": "29em", "max_width": "100%"}}


def _offer(control: Any, options: Options, wanted: object) -> None:
    """Options of a control, with what was chosen before where it is one of them."""
    control.options = options
    values = [value for _, value in options]
    control.value = wanted if wanted in values else values[0]
