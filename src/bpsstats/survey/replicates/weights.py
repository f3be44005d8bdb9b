"""Replicate weights: the sample drawn again from itself, for statistics whose linearisation is not
plain, and as a check.

A replicate multiplies the weights of whole PSUs by factors. With ``t_r`` the statistic under
replicate ``r``,

    V = scale sum_r rscale_r (t_r - c)^2

where ``c`` is the mean of the replicates, or the statistic of the full sample where `mse` says so,
as in R's svrepdesign.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import scipy

from bpsstats.arguments import checked
from bpsstats.errors import DesignError, ParameterError
from bpsstats.reprs import SizesOnly, count_of
from bpsstats.survey.design.first_stage import FirstStage
from bpsstats.survey.design.survey_design import SurveyDesign

# Replicates made at a time: enough for quick products, few enough for little memory. A seed gives
# the same replicates only with the same number, as each block has a stream of chance of its own.
BLOCK = 50


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ReplicateWeights(SizesOnly):
    """Replicate weights of a design, made block by block as they are used.

    Parameters
    ----------
    method : str
        How they were made; results name it.
    n : int
        Number of replicates.
    scale : float
    rscales : ndarray, shape (n,)
    df : int or None
        Degrees of freedom where they are not those of the design.
    mse : bool
        Whether deviations are taken from the statistic of the full sample, not from the mean of the
        replicates.
    by_psu : bool
        Whether factors are of PSUs, not of records.
    factors : callable
        Takes the first and the last-but-one number of some replicates, returns their factors on the
        weights, shape (n_psu, replicates) or (n, replicates).
    first_stage : FirstStage
        The replicates as independent units of a sample, so that the one variance engine takes their
        deviations.
    """

    method: str
    n: int
    scale: float
    rscales: np.ndarray
    df: int | None
    mse: bool
    by_psu: bool
    factors: Callable[[int, int], np.ndarray] = field(repr=False)
    first_stage: FirstStage = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "first_stage", FirstStage.of_deviations(self.n))

    def __repr__(self) -> str:
        return f"Replicate weights by {self.method}: {count_of(self.n, 'replicate')}"

    def blocks(self) -> Iterator[tuple[int, np.ndarray]]:
        """Number of the first replicate of each block, and its factors."""
        for first in range(0, self.n, BLOCK):
            yield first, self.factors(first, min(first + BLOCK, self.n))

    def deviations(self, full: np.ndarray, values: np.ndarray) -> np.ndarray:
        """Deviations whose squares sum to the variance.

        Parameters
        ----------
        full : ndarray, shape (k,)
            Statistics of the full sample.
        values : ndarray, shape (n, k)
            Of the replicates.

        Returns
        -------
        ndarray, shape (n, k)
            ``sqrt(scale rscale_r) (t_r - c)``.
        """
        counted = self.rscales > 0
        centre = full if self.mse else values[counted].mean(axis=0)
        return np.asarray(np.sqrt(self.scale * self.rscales)[:, None] * (values - centre))


@checked
def bootstrap(
    design: SurveyDesign, replicates: int = 500, *, seed: int, mse: bool = False
) -> ReplicateWeights:
    """Rescaled bootstrap: in each stratum ``n_h - 1`` of the ``n_h`` PSUs are drawn with
    replacement.

    Parameters
    ----------
    design : SurveyDesign
    replicates : int
    seed : int
        The same seed gives the same replicates.
    mse : bool
        As in `ReplicateWeights`.

    Returns
    -------
    ReplicateWeights
        Factors ``1 - l_h + l_h n_h / (n_h - 1) m_hi``, ``m_hi`` the times that PSU ``i`` was drawn
        and ``l_h = sqrt(1 - f_h)``; scale ``1 / (replicates - 1)``.

    Raises
    ------
    DesignError
        If a stratum has a single PSU (lone_psu="merge" joins it to another).
    ParameterError
        If fewer than two replicates are asked for.

    References
    ----------
    Rao, J. N. K. and Wu, C. F. J. (1988). Resampling inference with complex survey data. JASA
    83(401), 231-241.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"y": [1.0, 3, 5, 9], "w": 1.0, "h": [1, 1, 2, 2], "c": [1, 2, 3, 4]})
    >>> drawn = bootstrap(SurveyDesign(frame, weight="w", strata="h", psu="c"), 3, seed=1)
    >>> drawn.factors(0, 3).sum(axis=0)
    array([4., 4., 4.])
    """
    if replicates < 2:
        raise ParameterError(
            f"A bootstrap of {count_of(replicates, 'replicate')} has no variance. Draw some"
            " hundreds."
        )
    first_stage = design.first_stage
    _refuse_lone(first_stage)
    size = first_stage.n_in_stratum
    # PSUs in the order of their strata, so that a draw is a place in its stratum.
    order = np.argsort(first_stage.stratum, kind="stable")
    first = np.concatenate([[0], np.cumsum(size)[:-1]])
    draws = np.maximum(size - 1, 1)
    start, among = np.repeat(first, draws), np.repeat(size, draws)
    rescale = np.sqrt(1 - first_stage.fraction)
    gain = (rescale * size / np.maximum(size - 1, 1))[first_stage.stratum]
    rest = (1 - rescale)[first_stage.stratum]

    def factors(begin: int, end: int) -> np.ndarray:
        result = np.empty((first_stage.n_psu, end - begin), order="F")
        for r in range(begin, end):
            if r == begin or r % BLOCK == 0:
                random = np.random.Generator(np.random.PCG64([seed, r // BLOCK]))
                random.random((r % BLOCK) * len(start))
            drawn = start + (random.random(len(start)) * among).astype(np.int64)
            result[order, r - begin] = np.bincount(drawn, minlength=first_stage.n_psu)
        result *= gain[:, None]
        result += rest[:, None]
        return result

    return ReplicateWeights(
        "rescaled bootstrap",
        replicates,
        1 / (replicates - 1),
        np.ones(replicates),
        None,
        mse,
        True,
        factors,
    )


@checked
def jackknife(design: SurveyDesign, *, mse: bool = False) -> ReplicateWeights:
    """Delete-one-PSU jackknife (JKn): each replicate leaves out a PSU and weights up the others of
    its stratum.

    Parameters
    ----------
    design : SurveyDesign
    mse : bool
        As in `ReplicateWeights`.

    Returns
    -------
    ReplicateWeights
        One for each PSU; scale 1, ``rscale = (1 - f_h) (n_h - 1) / n_h``.

    Raises
    ------
    DesignError
        If a stratum has a single PSU (lone_psu="merge" joins it to another).

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"y": [1.0, 3, 5], "w": 1.0, "c": [1, 2, 3]})
    >>> jackknife(SurveyDesign(frame, weight="w", strata=None, psu="c")).factors(0, 1).ravel()
    array([0. , 1.5, 1.5])
    """
    first_stage = design.first_stage
    _refuse_lone(first_stage)
    size = first_stage.n_in_stratum
    rscales = ((1 - first_stage.fraction) * (size - 1) / size)[first_stage.stratum]
    gain = size / np.maximum(size - 1, 1)

    def factors(begin: int, end: int) -> np.ndarray:
        left_out = np.arange(begin, end)
        stratum = first_stage.stratum[left_out]
        result = np.where(first_stage.stratum[:, None] == stratum, gain[stratum], 1.0)
        result[left_out, left_out - begin] = 0.0
        return result

    return ReplicateWeights("jackknife", first_stage.n_psu, 1.0, rscales, None, mse, True, factors)


@checked
def balanced(design: SurveyDesign, *, fay: float = 0.0, mse: bool = False) -> ReplicateWeights:
    """Balanced repeated replication (BRR) for strata of two PSUs, by Fay's method where `fay` is
    above zero.

    Parameters
    ----------
    design : SurveyDesign
    fay : float
        Factor on the half that is left out, 0 to less than 1; the other half has ``2 - fay``.
    mse : bool
        As in `ReplicateWeights`.

    Returns
    -------
    ReplicateWeights
        As many as the Hadamard matrix of the next power of two above the number of strata; scale
        ``1 / (replicates (1 - fay)^2)``.

    Raises
    ------
    DesignError
        If a stratum has other than two PSUs, or there is a finite population correction.
    ParameterError
        If `fay` is out of range.

    References
    ----------
    Judkins, D. R. (1990). Fay's method for variance estimation. Journal of Official Statistics
    6(3), 223-239.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"w": 1.0, "h": [1, 1], "c": [1, 2]})
    >>> balanced(SurveyDesign(frame, weight="w", strata="h", psu="c")).factors(0, 2)
    array([[2., 0.],
           [0., 2.]])
    """
    if not 0 <= fay < 1:
        raise ParameterError(
            f"Fay's factor is {fay}; it lies between 0, which is plain BRR, and less than 1."
        )
    first_stage = design.first_stage
    unpaired = int((first_stage.n_in_stratum != 2).sum())
    if unpaired or (first_stage.fraction > 0).any():
        raise DesignError(
            f"Balanced replicates need two PSUs in each stratum, drawn with replacement; {unpaired}"
            f" of {count_of(first_stage.n_strata, 'stratum', 'strata')} have another"
            " number. Use the bootstrap or the jackknife."
        )
    order = 1 << first_stage.n_strata.bit_length()
    signs = scipy.linalg.hadamard(order)[1 : first_stage.n_strata + 1]
    second = np.zeros(first_stage.n_psu, dtype=bool)
    second[np.argsort(first_stage.stratum, kind="stable")[1::2]] = True

    def factors(begin: int, end: int) -> np.ndarray:
        sign = signs[first_stage.stratum, begin:end]
        return np.asarray(1 + (1 - fay) * np.where(second[:, None], -sign, sign))

    method = (
        "balanced repeated replication"
        if fay == 0
        else f"balanced repeated replication, Fay {fay:g}"
    )
    return ReplicateWeights(
        method, order, 1 / (order * (1 - fay) ** 2), np.ones(order), None, mse, True, factors
    )


@checked
def given_weights(
    design: SurveyDesign,
    columns: Sequence[str],
    *,
    scale: float,
    rscales: Sequence[float] | None = None,
    combined: bool = True,
    mse: bool = False,
) -> ReplicateWeights:
    """Replicate weights that came with the file.

    Parameters
    ----------
    design : SurveyDesign
    columns : sequence of str
        Columns of the frame, one for each replicate.
    scale : float
        As the producer of the weights states it. Of R replicates usually: bootstrap ``1 / R`` or
        ``1 / (R - 1)``; balanced repeated replication ``1 / R``, by Fay's method with its factor k
        ``1 / (R (1 - k)^2)``; successive differences ``4 / R``; a jackknife of one stratum ``(R -
        1) / R``, of several 1 with `rscales`.
    rscales : sequence of float, optional
        One for each replicate; default 1.
    combined : bool
        Whether the columns are weights, not factors on the weights.
    mse : bool
        As in `ReplicateWeights`.

    Returns
    -------
    ReplicateWeights
        Degrees of freedom: the rank of the replicate weights less 1, as in R.

    Raises
    ------
    DesignError
        If a column is missing, or a weight is negative or no number.
    ParameterError
        If the scale is not positive, or an rscale is negative.

    Examples
    --------
    >>> import bpsstats as bps
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"expenditure_person_month": [50.0, 80, 100, 400], "w": 1.0})
    >>> frame["r1"] = [2.0, 0, 1, 1]
    >>> design = bps.SurveyDesign(frame, weight="w", strata=None, psu=None)
    >>> drawn = bps.given_weights(design, ["r1", "r1"], scale=0.5)
    >>> drawn.n
    2
    """
    missing = [column for column in columns if column not in design.frame.columns]
    if missing or not columns:
        raise DesignError(f"The frame has no columns {', '.join(missing)}. Name those that it has.")
    weights = np.column_stack([design.column(column) for column in columns])
    bad = [
        column for column, values in zip(columns, weights.T, strict=True) if not (values >= 0).all()
    ]
    if bad or not np.isfinite(weights).all():
        raise DesignError(
            "Replicate weights are negative, infinite or missing in"
            f" {', '.join(bad) or 'a column'}. Take them from the released file; a record that a"
            " replicate leaves out has the weight 0."
        )
    of_weight = weights / design.weights[:, None] if combined else weights
    each = np.ones(len(columns)) if rscales is None else np.asarray(rscales, dtype=np.float64)
    if each.shape != (len(columns),):
        raise DesignError(
            f"{count_of(each.size, 'rscale was', 'rscales were')} given for"
            f" {count_of(len(columns), 'replicate')}. Give one for each."
        )
    if not (scale > 0 and np.isfinite(scale) and (each >= 0).all() and np.isfinite(each).all()):
        raise ParameterError(
            "The scale of replicate weights is a positive number and no rscale is negative,"
            " as the producer of the weights states them."
        )
    df = int(np.linalg.matrix_rank(of_weight)) - 1
    return ReplicateWeights(
        "given replicate weights",
        len(columns),
        scale,
        each,
        df,
        mse,
        False,
        lambda begin, end: of_weight[:, begin:end],
    )


def _refuse_lone(first_stage: FirstStage) -> None:
    """A stratum of one PSU has no replicate without it."""
    lone = (first_stage.n_in_stratum == 1) & (first_stage.fraction < 1)
    if lone.any():
        raise DesignError(
            f"{count_of(int(lone.sum()), 'stratum has', 'strata have')} a single PSU, which no"
            ' replicate can leave out. Make the design with lone_psu="merge", or define wider'
            " strata."
        )
