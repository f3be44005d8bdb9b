"""From a formula and a frame to the columns of a model, and back: the same columns for other values
of the covariates.

formulaic (a part of statsmodels since 0.15) makes the columns: it is some thirty times as fast as
patsy on factors, which is what a model of a national file spends its time on.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import formulaic
import numpy as np
import pandas as pd
from formulaic.errors import FormulaicError

from bpsstats.errors import DesignError, ParameterError
from bpsstats.survey import SurveyDesign
from bpsstats.survey.design.survey_design import named_rows

INTERCEPT = "Intercept"


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
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
    spec: Any
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
            If the frame lacks a column of the formula, or has a missing value or an unknown level
            in one.
        """
        return np.asfortranarray(_made(self.spec.get_model_matrix, frame, context={}), dtype=float)

    def with_values(self, frame: pd.DataFrame, values: Mapping[str, object]) -> np.ndarray:
        """Columns of the model on the domain's frame with some of its columns set to one value for
        everybody.
        """
        places, made = self.remade(frame, constants(frame, values))
        if not places:
            return self.x
        x = self.x.copy(order="F")
        x[:, places] = made
        return x

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
        made = _made(part.get_model_matrix, frame.assign(**changed), context={})
        return [self.names.index(name) for name in made.columns], np.asarray(made, dtype=float)


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
    frame = design.frame if mask.all() else design.frame[mask]
    rows = np.flatnonzero(mask)
    try:
        wanted = formulaic.Formula(formula)
    except FormulaicError as error:
        raise ParameterError(
            f"The formula {formula!r} cannot be read. Write it as 'outcome ~ covariate +"
            " covariate'."
        ) from error
    if not hasattr(wanted, "lhs"):
        raise ParameterError(
            f"The formula {formula!r} has no outcome. Write it as 'outcome ~ covariate +"
            " covariate'."
        )
    for column in sorted(set(map(str, wanted.required_variables)) & set(map(str, frame.columns))):
        _refuse_missing(frame[column].isna().to_numpy(), rows, column)
    made = _made(formulaic.model_matrix, wanted, frame, context={}, na_action="raise")
    spec = made.rhs.model_spec
    x = np.asfortranarray(made.rhs, dtype=float)
    names = tuple(map(str, spec.column_names))
    for k in np.flatnonzero(~np.isfinite(x.sum(axis=0))):
        _refuse_missing(~np.isfinite(x[:, k]), rows, plain(names[k]))
    left = np.asarray(made.lhs, dtype=float)
    if left.shape[1] != 1:
        raise ParameterError(
            f"The outcome of {formula!r} makes {left.shape[1]} columns; it is one numeric or"
            " true-false column."
        )
    _refuse_missing(~np.isfinite(left[:, 0]), rows, str(made.lhs.columns[0]))
    return Columns(formula, spec, names, x, left[:, 0])


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


def constants(frame: pd.DataFrame, values: Mapping[str, object]) -> dict[str, pd.Series]:
    """Columns of a frame with one value for everybody."""
    return {name: _constant(frame[name], value) for name, value in values.items()}


def _constant(column: pd.Series, value: object) -> pd.Series:
    """A column that holds one value for everybody, of the same categories."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        code = column.cat.categories.get_indexer(pd.Index([value]))[0]
        if code < 0:
            raise ParameterError(
                f"Column {column.name} has no level {value!r}. It has:"
                f" {', '.join(map(str, column.cat.categories))}."
            )
        constant = pd.Categorical.from_codes(np.full(len(column), code), dtype=column.dtype)
        return pd.Series(constant, index=column.index)
    return pd.Series(value, index=column.index)


def _made(make: Any, *arguments: Any, **options: Any) -> Any:
    """Columns as formulaic makes them, its errors being in the words of this package."""
    try:
        return make(*arguments, **options)
    except (FormulaicError, ValueError, TypeError) as error:
        detail = " ".join(str(error).split())
        raise ParameterError(
            f"The columns of the formula cannot be made: {detail} Name columns of the frame, and"
            " reference levels that occur in them."
        ) from error


def _refuse_missing(bad: np.ndarray, rows: np.ndarray, column: str) -> None:
    """A missing or infinite value inside the domain."""
    at = rows[np.flatnonzero(bad)]
    if at.size:
        raise DesignError(
            f"{at.size} records of the domain have a missing or infinite value in {column} (rows"
            f" {named_rows(at)}). Leave them out by the domain, so that the base is stated, or give"
            " the missing a level of their own."
        )
