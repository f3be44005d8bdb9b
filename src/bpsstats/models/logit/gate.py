"""What the data can bear: the gate before a logit, with its reasons in words that a program can
translate.
"""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from bpsstats.errors import NotEstimableError, ParameterError
from bpsstats.models.formula import Columns, plain
from bpsstats.reprs import count_of
from bpsstats.survey import SurveyDesign

# Fewer events than ten for each coefficient, and maximum likelihood exaggerates odds ratios and
# misses the coverage of its intervals (Peduzzi et al. 1996, Journal of Clinical Epidemiology 49,
# 1373-1379).
EVENTS_PER_PARAMETER = 10.0
# Firth's penalty bears fewer. Below two it decides more than the data do; this limit is our
# judgement.
EVENTS_PER_PARAMETER_FIRTH = 2.0
# A coefficient beyond this, for one unit of a covariate or for one standard deviation: an odds
# ratio above three million.
LARGEST_COEFFICIENT = 15.0
# Smallest singular value of the columns, scaled to length one, below which they do not differ
COLLINEAR = 1e-9

TEXTS = {
    "few_events": (
        "The number of events, {events}, is less than {least:g} per parameter ({parameters}"
        " parameters), so that odds ratios would be far too large."
    ),
    "no_events": "A level of {term} has no events, so that its odds ratio has no finite value.",
    "only_events": "A level of {term} has only events, so that its odds ratio has no finite value.",
    "quasi": (
        "The covariates tell part of the cases apart perfectly (in {terms}), so that odds ratios"
        " have no finite value."
    ),
    "complete": (
        "The covariates tell all cases apart perfectly (in {terms}), so that odds ratios have no"
        " finite value."
    ),
    "runs_off": (
        "The coefficient of {term} runs off beyond {limit:g} on the logit scale, where its odds"
        " ratio means nothing."
    ),
}
REMEDY = 'Pool more rounds, join levels, ask for fewer covariates, or say below_gate="firth".'


@dataclass(frozen=True, slots=True)
class Reason:
    """Why maximum likelihood is not for these data: a code of `TEXTS` and its values, so that it
    can be told in any language.
    """

    code: str
    values: dict[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return TEXTS[self.code].format(**self.values)


def check_columns(columns: Columns) -> None:
    """Refuse what no method can estimate: a constant outcome, one that is not 0 and 1, levels
    without a record, collinear columns.

    Raises
    ------
    ParameterError
        If the outcome is not 0 and 1, or a column is a combination of the others.
    NotEstimableError
        If the outcome is constant, or a level of a factor has no record in the domain.
    """
    y, x = columns.y, columns.x
    if not len(y):
        raise NotEstimableError(
            "The domain has no records, so that there is nothing to model. Check the mask."
        )
    if not ((y == 0) | (y == 1)).all():
        raise ParameterError("The outcome of a logit is a column of true and false, or of 0 and 1.")
    if y.min() == y.max():
        raise NotEstimableError(
            f"The outcome is {'an event' if y[0] else 'no event'} for all {len(y)} records, so that"
            " nothing can be said of what goes with it: there are 0 events or 0 others. Widen the"
            " domain or pool more rounds."
        )
    empty = [plain(columns.names[k]) for k in np.flatnonzero(~x.any(axis=0))]
    if empty:
        raise NotEstimableError(
            f"No record of the domain has {', '.join(empty)}. Leave the level out of the column's"
            " categories, or widen the domain."
        )
    refuse_collinear(columns)


def refuse_collinear(columns: Columns) -> None:
    """Columns of which one is a combination of the others."""
    x = columns.x
    length = np.sqrt(np.sum(x * x, axis=0))
    values, vectors = np.linalg.eigh((x.T @ x) / np.outer(length, length))
    # Squares lose half of the digits, so that a suspicion is looked at in the columns themselves.
    if values[0] > np.sqrt(COLLINEAR):
        return
    _, singular, right = np.linalg.svd(x / length, full_matrices=False)
    if len(x) >= x.shape[1] and singular[-1] > COLLINEAR:
        return
    part = right[-1] if len(x) >= x.shape[1] else vectors[:, 0]
    named = [columns.terms[k] for k in np.flatnonzero(np.abs(part) > 1e-6)]
    raise ParameterError(
        f"The columns {', '.join(named)} are collinear: one is a combination of the others, so that"
        " their coefficients have no values of their own. Leave one of them out."
    )


def few_events(
    y: np.ndarray, parameters: int, least: float, groups: pd.Series | None = None
) -> Reason | None:
    """Whether events, or non-events if they are rarer, are fewer than `least` for each parameter.

    Records of one of the `groups`, such as the members of a household, count once.

    Examples
    --------
    >>> print(few_events(np.array([1.0, 0, 0, 0]), 2, 10))
    The number of events, 1, is less than 10 per parameter (2 parameters), so that odds ratios would
    be far too large.
    """
    labels = np.arange(len(y)) if groups is None else groups.to_numpy()
    events = min(len(pd.unique(labels[y == outcome])) for outcome in (0, 1))
    if events >= least * parameters:
        return None
    return Reason("few_events", {"events": events, "parameters": parameters, "least": least})


def lone_level(columns: Columns, frame: pd.DataFrame) -> Reason | None:
    """A level of a factor in which nobody, or everybody, has the outcome.

    Parameters
    ----------
    columns : Columns
    frame : DataFrame
        The records of the domain.
    """
    for place in columns.spec.term_slices.values():
        for variable in sorted(columns.variables_of(place) & set(map(str, frame.columns))):
            if frame[variable].dtype.kind in "ifu":
                continue
            codes = pd.factorize(frame[variable])[0]
            events, records = np.bincount(codes, weights=columns.y), np.bincount(codes)
            for code, empty in (("no_events", events == 0), ("only_events", events == records)):
                if empty.any():
                    return Reason(code, {"term": variable})
    return None


def largest_coefficients(columns: Columns) -> np.ndarray:
    """Largest coefficient of each column that can be told as an odds ratio, shape (p,); the
    constant has no bound.
    """
    spread = columns.x.std(axis=0)
    return np.where(spread > 0, LARGEST_COEFFICIENT / np.maximum(1.0, spread), np.inf)


def runs_off(coefficients: np.ndarray, columns: Columns) -> Reason | None:
    """A coefficient, other than the constant, that is too large to be told as an odds ratio."""
    excess = np.abs(coefficients) / largest_coefficients(columns)
    if excess.max() <= 1:
        return None
    return Reason(
        "runs_off", {"term": columns.terms[int(excess.argmax())], "limit": LARGEST_COEFFICIENT}
    )


def degrees_of_freedom(design: SurveyDesign, mask: np.ndarray, parameters: int) -> int:
    """PSUs less strata with a record of the domain, less the coefficients beside the constant.

    Raises
    ------
    NotEstimableError
        If none is left.
    """
    psus = design.active_psus(mask)
    active = len(psus) - len(np.unique(design.first_stage.stratum[psus]))
    if active - (parameters - 1) < 1:
        raise NotEstimableError(
            f"The domain has {count_of(active, 'degree')} of freedom (PSUs less strata), too few"
            f" for {count_of(parameters, 'coefficient')}. Ask for fewer covariates, or pool more"
            " rounds."
        )
    return active - (parameters - 1)
