"""Education and poverty: the model of the pooled rounds, and how far the answer depends on it."""

from collections.abc import Sequence
from dataclasses import replace

from bpsstats.published.ledger import Recomputed
from bpsstats.reporting.display import Prose, Table
from bpsstats.reporting.figures.drawing import Drawing
from bpsstats.reporting.figures.models import (
    education_model_figure,
    effects_figure,
    size_figure,
    specification_figure,
)
from bpsstats.reporting.report.section import Section, Tabular
from bpsstats.reporting.tables.models import firth_note
from bpsstats.reporting.tables.table import table
from bpsstats.reporting.words.model import say_model, say_model_check, say_specifications
from bpsstats.reporting.words.profile import say_bridge
from bpsstats.reporting.words.rule import joined


class _OfModel(Section):
    """What rests on the model is left out where the data cannot bear one."""

    def lacks(self) -> str:
        """Why no model was fitted."""
        model = self.results.model
        refused = model.effects is None
        return (
            self.words.say("model_refused", reason=self.words.translated(model.refused))
            if refused
            else ""
        )

    def of_rounds(self, key: str) -> str:
        """Caption with the rounds of the model."""
        return self.caption(key, self.results.model.design.period)

    @property
    def period(self) -> str:
        """All rounds of the model."""
        return self.results.model.design.period

    @property
    def made_from(self) -> Sequence[Recomputed]:
        """All rounds."""
        return self.results.rounds


class Model(_OfModel):
    """Poverty by the education of the household head."""

    name = "model"
    file = "education-model"

    def say(self) -> Prose:
        """What the model says, and how that goes with the year's own figures."""
        results = self.results
        poor, others = results.education, results.education_of_others
        bridge = say_bridge(poor, others, results.model, results.n_poor, self.lang)
        return Prose(joined(say_model(results.model, self.lang).text, bridge.text))

    def tabulate(self) -> Table:
        """Average differences of the predicted probability."""
        model = self.results.model
        assert model.effects is not None
        assert model.result is not None
        shown = table(model.effects, self.lang, self.of_rounds("effects"))
        reason = model.result.reason
        if reason is None:
            return shown
        note = firth_note(reason, self.words, model.design.heading)
        return replace(shown, notes=(*shown.notes, note))

    def draw(self) -> Drawing:
        """Predicted poverty by education."""
        return education_model_figure(self.results.model, self.lang)

    def frames(self) -> dict[str, Tabular]:
        """Coefficients and average differences."""
        model = self.results.model
        assert model.effects is not None
        assert model.result is not None
        effects = model.effects
        return {"education-model": model.result, "education-effects": effects}


class Differences(_OfModel):
    """The differences of the model as a figure."""

    name = "differences"
    shows = ("figure",)

    def draw(self) -> Drawing:
        """Average differences with their intervals."""
        return effects_figure(self.results.model, self.lang)


class BySize(_OfModel):
    """Predictions over household size."""

    name = "by_size"
    shows = ("figure",)

    def draw(self) -> Drawing:
        """Predicted poverty by education over household size."""
        return size_figure(self.results.model, self.lang)


class Odds(_OfModel):
    """The model as odds ratios."""

    name = "odds"
    shows = ("table",)

    def tabulate(self) -> Table:
        """Odds ratios."""
        assert self.results.model.result is not None
        return table(self.results.model.result, self.lang, self.of_rounds("logit"))


class Predicted(_OfModel):
    """Predictions, and the check that they average to the observed rate."""

    name = "predicted"
    shows = ("table", "text")

    def say(self) -> Prose:
        """One number twice."""
        return say_model_check(self.results.model, self.lang)

    def tabulate(self) -> Table:
        """Predicted poverty by education."""
        assert self.results.model.predicted is not None
        return table(self.results.model.predicted, self.lang)


class SeveralModels(_OfModel):
    """The same question put to several models."""

    name = "specifications"
    file = "education-specifications"
    shows = ("figure", "table", "text")

    def say(self) -> Prose:
        """How far the answer depends on the model."""
        return say_specifications(self.results.specifications, self.lang)

    def tabulate(self) -> Table:
        """A row for each model."""
        return table(self.results.specifications, self.lang, self.of_rounds(self.name))

    def draw(self) -> Drawing:
        """The specification curve."""
        return specification_figure(self.results.specifications, self.lang)

    def frames(self) -> dict[str, Tabular]:
        """A row for each model."""
        return {self.file: self.results.specifications}
