"""From a formula and a frame to the columns of a model, and back: the same columns for other values
of the covariates.

formulaic (a part of statsmodels since 0.15) makes the columns: it is some thirty times as fast as
patsy on factors, which is what a model of a national file spends its time on.
"""

import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from bpsstats.arguments import as_frame
from bpsstats.errors import DesignError, ParameterError
from bpsstats.models.settings import constant, refuse_strangers, with_plain_types
from bpsstats.reprs import SizesOnly, count_of
from bpsstats.survey import SurveyDesign
from bpsstats.survey.design.columns import named_rows, records_have, refuse_mixed
from bpsstats.survey.design.levels import Level

INTERCEPT = "Intercept"
HOW = "Write it as 'outcome ~ covariate + covariate'."


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Columns(SizesOnly):
    """Columns of a model on the records of a domain.

    Parameters
    ----------
    formula : str
    spec : formulaic.ModelSpec
        How the formula makes columns.
    names : tuple of str
        Names of the p columns, as formulaic gives them.
    x : ndarray, shape (m, p)
        Columns for the m records of the domain.
    y : ndarray, shape (m,)
        Outcome.
    """

    formula: str
    spec: Any = field(repr=False)
    names: tuple[str, ...]
    x: np.ndarray
    y: np.ndarray

    @property
    def terms(self) -> tuple[str, ...]:
        """Names of the columns as people write them."""
        return tuple(plain(name) for name in self.names)

    def positions(self, term: str) -> slice:
        """Columns of a term, written as in the formula or as people write it.

        Raises
        ------
        ParameterError
            If the formula has no such term.
        """
        found = {
            str(name): place for name, place in self.spec.term_slices.items() if str(name) != "1"
        }
        found |= {plain(name): place for name, place in found.items()}
        if term not in found:
            raise ParameterError(
                f"The model has no term {term!r}. It has: {', '.join(sorted(found))}."
            )
        place: slice = found[term]
        return place

    @property
    def levels(self) -> dict[str, list[Level]]:
        """Levels of the columns of the frame that are factors of the model, of their own type."""
        return {
            plain(str(factor)): list(state["categories"])
            for factor, (kind, state) in self.spec.encoder_state.items()
            if kind.name == "CATEGORICAL" and "categories" in state
        }

    @property
    def numeric(self) -> set[str]:
        """Columns of the frame that stand in the model as numbers."""
        state = self.spec.encoder_state.items()
        return {str(factor) for factor, (kind, _) in state if kind.name == "NUMERICAL"}

    @property
    def variables(self) -> set[str]:
        """Columns of the frame that the covariates are made of."""
        return {str(variable) for variable in self.spec.required_variables}

    def refuse_other(self, variable: str) -> None:
        """Refuse a column that the covariates are not made of.

        Raises
        ------
        ParameterError
            If it is none of them.
        """
        if variable not in self.variables:
            raise ParameterError(
                f"The model has no covariate {variable!r}, so that it says nothing of it. Its"
                f" covariates are made of: {', '.join(sorted(self.variables)) or 'nothing'}."
            )

    def classes(self, frame: pd.DataFrame, variable: str) -> list[Level]:
        """Values that a covariate can take in turn: the levels of a factor, or 0 and 1.

        Raises
        ------
        ParameterError
            If the model has no such covariate, or takes it as a number.
        """
        self.refuse_other(variable)
        if variable in self.levels:
            return self.levels[variable]
        if frame[variable].isin([0, 1]).all():
            return [0, 1]
        raise ParameterError(
            f"The model takes {variable} as a number, which has no levels. Write C({variable}) in"
            f" the formula, ask for its average marginal effect, or set it by contrast()."
        )

    def variables_of(self, place: slice) -> set[str]:
        """Columns of the frame that a term is made of."""
        return {
            str(variable)
            for term, of_term in self.spec.term_slices.items()
            if of_term == place
            for variable in self.spec.term_variables[term]
        }

    def matrix(self, frame: pd.DataFrame) -> np.ndarray:
        """Columns of the model for another frame, shape (rows, p).

        Raises
        ------
        ParameterError
            If the frame lacks a column of the formula, or has text in place of a number, a missing
            value or an unknown level in one.
        """
        frame = as_frame(frame)
        refuse_strangers(frame, self.variables, self.levels, self.numeric)
        plain_frame = with_plain_types(frame, self.variables)
        return _numbers(_made(self.spec.get_model_matrix, plain_frame, context={}))

    def with_values(self, frame: pd.DataFrame, values: Mapping[str, object]) -> np.ndarray:
        """Columns of the model on the domain's frame with some of its columns set to one value for
        everybody.
        """
        places, made = self.remade(frame, self.constants(frame, values))
        if not places:
            return self.x
        x = self.x.copy(order="F")
        x[:, places] = made
        return x

    def constants(self, frame: pd.DataFrame, values: Mapping[str, object]) -> dict[str, pd.Series]:
        """Columns of a frame with one value for everybody.

        Raises
        ------
        ParameterError
            If the model has no such covariate, or the value is none of its levels or no number.
        """
        for name in values:
            self.refuse_other(name)
        levels = self.levels
        return {
            name: constant(frame[name], value, levels.get(name)) for name, value in values.items()
        }

    def remade(
        self, frame: pd.DataFrame, changed: dict[str, pd.Series]
    ) -> tuple[list[int], np.ndarray]:
        """Positions of the columns of the model that change with columns of the frame, and these
        columns, shape (m, k).

        The other columns stay as they are, and are not made again.
        """
        touched = [
            term
            for term, variables in self.spec.term_variables.items()
            if set(map(str, variables)) & set(changed)
        ]
        if not touched:
            return [], np.empty((len(self.x), 0))
        part = self.spec.subset([str(term) for term in touched])
        plain_frame = with_plain_types(frame, self.variables).assign(**changed)
        made = _made(part.get_model_matrix, plain_frame, context={})
        return [self.names.index(name) for name in made.columns], _numbers(made)


def model_columns(formula: str, design: SurveyDesign, mask: np.ndarray) -> Columns:
    """Outcome and covariates of a formula on the records of a domain.

    Parameters
    ----------
    formula : str
        Outcome and covariates, as in ``"poor ~ C(education, Treatment('high')) + size"``.
    design : SurveyDesign
    mask : ndarray of bool, shape (n,)

    Raises
    ------
    ParameterError
        If the formula cannot be read, names an unknown column or a reference level that is not
        there.
    DesignError
        If a record of the domain has a missing or infinite value in a column of the formula.

    Examples
    --------
    >>> frame = pd.DataFrame({"y": [0, 1, 1], "g": list("aab"), "weight": 1.0, "psu": [1, 2, 3]})
    >>> design = SurveyDesign(frame, weight="weight", strata=None)
    >>> model_columns("y ~ C(g, Treatment('b'))", design, np.array([True, True, True])).terms
    ('(intercept)', 'g: a')
    """
    # Loaded here: most commands and notebooks fit no model.
    import formulaic

    frame = design.frame if mask.all() else design.frame[mask]
    rows = np.flatnonzero(mask)
    try:
        wanted = formulaic.Formula(formula)
    except Exception as error:  # a part that is no Python raises SyntaxError, others its own
        raise ParameterError(f"The formula {formula!r} cannot be read. {HOW}") from error
    if not hasattr(wanted, "lhs"):
        raise ParameterError(f"The formula {formula!r} has no outcome. {HOW}")
    variables = set(map(str, wanted.required_variables)) & set(map(str, frame.columns))
    for column in sorted(variables):
        refuse_mixed(frame[column])
        _refuse_missing(frame[column].isna().to_numpy(), rows, column)
    plain_frame = with_plain_types(frame, variables)
    made = _made(formulaic.model_matrix, wanted, plain_frame, context={}, na_action="raise")
    if isinstance(made.lhs, tuple) or isinstance(made.rhs, tuple):
        raise ParameterError(f"The formula {formula!r} has several parts. {HOW}")
    spec = made.rhs.model_spec
    x = _numbers(made.rhs)
    if not x.shape[1]:
        raise ParameterError(f"The formula {formula!r} has no covariate. {HOW}")
    names = tuple(map(str, spec.column_names))
    for k in np.flatnonzero(~np.isfinite(x.sum(axis=0))):
        _refuse_missing(~np.isfinite(x[:, k]), rows, plain(names[k]))
    if made.lhs.shape[1] != 1:
        raise ParameterError(
            f"The outcome of {formula!r} makes {count_of(made.lhs.shape[1], 'column')}; it is"
            " one numeric or true-false column. Make it from the category that is asked about."
        )
    y = _numbers(made.lhs)[:, 0]
    _refuse_missing(~np.isfinite(y), rows, str(made.lhs.columns[0]))
    return Columns(formula, spec, names, x, y)


def plain(name: str) -> str:
    """A term as people write it.

    Examples
    --------
    >>> plain("C(head_education, Treatment('sma_plus'))[T.sd_smp]:size")
    'head_education: sd_smp x size'
    """
    parts = []
    for part in _split(name):
        factor, _, level = part.partition("[")
        if factor.startswith("C("):
            factor = factor.removeprefix("C(").split(",")[0].rstrip(")")
        level = level.removesuffix("]").removeprefix("T.")
        parts.append(f"{factor}: {level}" if level else factor)
    return " x ".join(parts).replace(INTERCEPT, "(intercept)")


def _split(name: str) -> list[str]:
    """Factors of an interaction; a colon within brackets belongs to a factor."""
    parts, depth = [""], 0
    for letter in name:
        depth += (letter in "([") - (letter in ")]")
        if letter == ":" and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return parts


def _made(make: Any, *arguments: Any, **options: Any) -> Any:
    """Columns as formulaic makes them, its errors being in the words of this package.

    Its own words hold values of the data, and a level that it does not know it takes for the
    reference, with a warning.
    """
    from formulaic.errors import DataMismatchWarning

    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("error", DataMismatchWarning)
            return make(*arguments, **options)
    except Exception as error:  # a formula holds expressions, which raise whatever they like
        raise ParameterError(
            f"The columns of the formula cannot be made: {_reason(error)} Name columns of the"
            " frame, and reference levels that occur in them."
        ) from error


def _reason(error: Exception) -> str:
    """What formulaic found, without a value of the data."""
    text = str(error)
    part = re.search(r"`([^`]*)`", text)
    where = f"{part[1]} " if part else ""
    if type(error).__name__ == "DataMismatchWarning":
        return "there is a level that the model does not know."
    if "not present in the dataset" in text or "NameError" in text:
        return f"{where}is neither a column of the frame nor a function of formulas."
    if "null values" in text:
        return f"{where}is missing for some records, as the logarithm of a negative number is."
    base = re.match(r"Value `(.*)` for `TreatmentContrasts.base`", text)
    if base:
        return f"the reference level {base[1]} does not occur."
    return f"{where}cannot be worked out ({type(error.__cause__ or error).__name__})."


def _numbers(made: Any) -> np.ndarray:
    """A made matrix as numbers, shape (rows, k)."""
    odd = [plain(str(name)) for name, dtype in made.dtypes.items() if dtype.kind not in "biuf"]
    if odd:
        raise ParameterError(
            f"The formula makes columns that are no numbers: {', '.join(odd)}. A model takes"
            " numbers, true and false, and categories; write C() around codes."
        )
    return np.asfortranarray(made, dtype=float)


def _refuse_missing(bad: np.ndarray, rows: np.ndarray, column: str) -> None:
    """A missing or infinite value inside the domain."""
    at = rows[np.flatnonzero(bad)]
    if at.size:
        raise DesignError(
            f"{records_have(at)} a missing or infinite value in {column} (rows"
            f" {named_rows(at)}). Leave them out by the domain, so that the base is stated, or give"
            " the missing a level of their own."
        )
