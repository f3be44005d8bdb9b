"""A second opinion on a survey logit: the GLM of statsmodels, which knows weights but no design."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from bpsstats.arguments import checked
from bpsstats.disclosure import Policy, released
from bpsstats.models.logit.result import LogitResult
from bpsstats.models.logit.survey_logit import survey_logit
from bpsstats.models.thin import shown_array
from bpsstats.reprs import Parts, Shown, formatted

# The fit stops where no coefficient moves by more.
TOLERANCE = 1e-13


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class FrequencyGLM(Shown):
    """A logit by maximum likelihood beside a GLM that takes its weights as frequencies.

    Parameters
    ----------
    ours : LogitResult
        By maximum likelihood, with design-based standard errors.
    coefficients, std_errors : ndarray, shape (p,)
        Of the GLM.
    """

    ours: LogitResult
    coefficients: np.ndarray
    std_errors: np.ndarray

    @property
    def source(self) -> str:
        """Kind of data."""
        return self.ours.source

    def settled(self, policy: Policy) -> "FrequencyGLM":
        """The GLM as it may leave, beside a model that is."""
        withheld = self.ours.is_withheld
        return replace(
            self,
            coefficients=shown_array(policy, self.coefficients, withheld=withheld),
            std_errors=shown_array(policy, self.std_errors, withheld=withheld),
        )

    @property
    def too_small(self) -> np.ndarray:
        """How many times the GLM's standard errors are too small, shape (p,)."""
        return np.asarray(self.ours.std_errors / self.std_errors)

    def to_frame(self) -> pd.DataFrame:
        """One row for each coefficient."""
        return pd.DataFrame(
            {
                "term": self.ours.terms,
                "estimate": self.ours.coefficients,
                "estimate_glm": self.coefficients,
                "std_error": self.ours.std_errors,
                "std_error_glm": self.std_errors,
                "times_too_small": self.too_small,
            }
        )

    def _parts(self) -> Parts:
        return self.ours.design.heading, formatted(released(self).to_frame(), 4)


@checked
def frequency_glm(result: LogitResult) -> FrequencyGLM:
    """Fit the same logit by the GLM of statsmodels, with the weights as frequencies.

    Its coefficients must be those of the survey logit, because both maximise ``sum w_i l_i``. Its
    standard errors are those of as many independent persons as the weights sum to, and far too
    small: the sample holds households, in blocks, and far fewer of them.

    Parameters
    ----------
    result : LogitResult
        A fit by Firth's penalised likelihood is made again by maximum likelihood, which is what
        a GLM can do, however few the events.

    Raises
    ------
    SeparationError
        If the likelihood has no maximum.

    Examples
    --------
    >>> from bpsstats.survey import SurveyDesign
    >>> frame = pd.DataFrame({"y": [0, 1, 0, 0, 1] * 40, "x": [0.0, 0, 1, 1, 1] * 40})
    >>> frame = frame.assign(weight=100.0, psu=np.arange(200) // 4)
    >>> design = SurveyDesign(frame, weight="weight", strata=None)
    >>> frequency_glm(survey_logit("y ~ x", design)).too_small.round(1)
    array([5.1, 5.1])
    """
    from statsmodels.genmod.families import Binomial
    from statsmodels.genmod.generalized_linear_model import GLM

    ours = survey_logit(
        result.formula, result.design, result.mask, level=result.level, events_per_parameter=0
    )
    glm = GLM(ours.columns.y, ours.columns.x, family=Binomial(), freq_weights=ours.weights)
    fit = glm.fit(tol=TOLERANCE, tol_criterion="params", maxiter=100)
    return FrequencyGLM(ours, np.asarray(fit.params), np.asarray(fit.bse))
