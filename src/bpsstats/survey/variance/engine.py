"""The one variance engine: between-PSU variance within strata of linearised statistics.

Every standard error of the package comes from here. A statistic reaches it as totals of its
weighted influence by PSU, either as a dense matrix (a few statistics) or as PSU x domain cells
(hundreds of areas).

    V = sum_h (1 - f_h) n_h / (n_h - 1) sum_{i in h} (t_hi - mean_h t)(t_hi - mean_h t)'

with ``t_hi`` the sum of ``w u`` over PSU ``i`` of stratum ``h`` (Wolter 2007, Introduction to
Variance Estimation, ch. 2 and 6).
"""

import numpy as np
import scipy

from bpsstats.arguments import checked
from bpsstats.errors import ParameterError
from bpsstats.reprs import count_of
from bpsstats.survey.design.first_stage import FirstStage
from bpsstats.survey.design.sums import sum_by
from bpsstats.survey.design.survey_design import SurveyDesign
from bpsstats.survey.variance.cells import Cells


def psu_totals(design: SurveyDesign, influence: np.ndarray) -> np.ndarray:
    """Weighted totals of influence by PSU; of its residuals on the margins where the weights are
    calibrated.

    Parameters
    ----------
    design : SurveyDesign
    influence : ndarray, shape (n,) or (n, k)

    Returns
    -------
    ndarray, shape (n_psu, k)

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"w": [2.0, 1, 1, 1], "c": ["a", "a", "b", "b"]})
    >>> psu_totals(SurveyDesign(frame, weight="w", strata=None, psu="c"), np.array([1.0, 1, 3, 0]))
    array([[3.],
           [3.]])
    """
    if influence.ndim not in (1, 2) or len(influence) != design.n:
        raise ParameterError(
            f"The influence is an array of shape {influence.shape}; it has one row for each of the"
            f" {count_of(design.n, 'record')} of the design."
        )
    columns = influence.reshape(len(influence), -1)
    if design.calibration is not None:
        columns = design.calibration.residual(columns)
    psus, largest = design.psus, int(design.psus.sizes.max())
    return np.column_stack(
        [
            sum_by(
                psus.codes,
                design.weights * column,
                design.n_psu,
                largest_group=largest,
                starts=psus.starts,
            )
            for column in columns.T
        ]
    )


def covariance_of_listed_totals(
    first_stage: FirstStage, totals: "scipy.sparse.csr_array"
) -> np.ndarray:
    """Covariance matrix of many statistics that most PSUs have no part in, as those of areas.

    Costs the PSUs of the strata that a statistic has a member in, never PSUs times statistics.

    Parameters
    ----------
    first_stage : FirstStage
    totals : sparse array, shape (n_psu, k)
        PSU totals of influence; those not listed are zero.

    Returns
    -------
    ndarray, shape (k, k)
    """
    deviations = totals
    if first_stage.centred:
        psus = np.arange(first_stage.n_psu)
        in_stratum = scipy.sparse.csr_array(
            (np.ones(first_stage.n_psu), (psus, first_stage.stratum)),
            shape=(first_stage.n_psu, first_stage.n_strata),
        )
        # A single PSU that is centred on the mean of all has a mean of its own, taken off below.
        share = np.where(first_stage.centred_on_all, 0.0, 1 / first_stage.n_in_stratum)
        means = scipy.sparse.diags_array(share) @ (in_stratum.T @ totals)
        deviations = totals - in_stratum @ means
        lone = np.flatnonzero(first_stage.centred_on_all[first_stage.stratum])
        if lone.size:
            at_lone = scipy.sparse.csr_array(
                (np.ones(lone.size), (lone, np.zeros(lone.size, dtype=np.int64))),
                shape=(first_stage.n_psu, 1),
            )
            of_all = scipy.sparse.csr_array(totals.sum(axis=0)[None, :] / first_stage.n_psu)
            deviations = deviations - at_lone @ of_all
    weighted = scipy.sparse.diags_array(first_stage.factor[first_stage.stratum]) @ deviations
    return np.asarray((deviations.T @ weighted).todense())


def covariance_of_totals(first_stage: FirstStage, totals: np.ndarray) -> np.ndarray:
    """Covariance matrix of statistics from the PSU totals of their influence.

    Parameters
    ----------
    first_stage : FirstStage
    totals : ndarray, shape (n_psu, k)

    Returns
    -------
    ndarray, shape (k, k)
        In squared units of the statistics.
    """
    deviations = deviations_of_totals(first_stage, totals)
    # A matrix product would add the PSUs in an order that depends on the number of threads.
    weighted = deviations * first_stage.factor[first_stage.stratum][:, None]
    return np.asarray(np.einsum("ij,ik->jk", deviations, weighted))


def deviations_of_totals(first_stage: FirstStage, totals: np.ndarray) -> np.ndarray:
    """Deviations of PSU totals from the mean of their stratum, shape (n_psu, k)."""
    if not first_stage.centred:
        return totals
    sums = np.column_stack(
        [
            np.bincount(first_stage.stratum, weights=column, minlength=first_stage.n_strata)
            for column in totals.T
        ]
    )
    means = sums / first_stage.n_in_stratum[:, None]
    if first_stage.centred_on_all.any():
        means[first_stage.centred_on_all] = totals.mean(axis=0)
    return np.asarray(totals - means[first_stage.stratum])


def variance_of_cells(first_stage: FirstStage, cells: Cells, totals: np.ndarray) -> np.ndarray:
    """Variance for many domains at once from PSU x domain cells; cells not listed are zero.

    Costs the number of cells, not PSUs times domains.

    Parameters
    ----------
    first_stage : FirstStage
    cells : Cells
    totals : ndarray, shape (cells,)
        Weighted influence summed over the cell.

    Returns
    -------
    ndarray, shape (n_domains,)
    """
    pair, stratum, n_pairs = cells.pair, cells.pair_stratum, len(cells.pair_stratum)
    listed = np.bincount(pair, minlength=n_pairs)
    mean = np.bincount(pair, weights=totals, minlength=n_pairs) / first_stage.n_in_stratum[stratum]
    if first_stage.centred_on_all.any():
        over_all = cells.by_domain(totals) / first_stage.n_psu
        lone = first_stage.centred_on_all[stratum]
        mean[lone] = over_all[cells.pair_domain[lone]]
    # Sum of squared deviations of the listed PSUs, and of those that have no member of the domain:
    # total zero.
    squares = np.bincount(pair, weights=(totals - mean[pair]) ** 2, minlength=n_pairs)
    squares = squares + (first_stage.n_in_stratum[stratum] - listed) * mean**2
    variance = np.bincount(
        cells.pair_domain, weights=first_stage.factor[stratum] * squares, minlength=cells.n_domains
    )
    if first_stage.centred_on_all.any():
        # A single PSU outside the domain still lies away from the mean of all PSUs.
        seen = np.bincount(
            cells.pair_domain[lone], first_stage.factor[stratum[lone]], minlength=cells.n_domains
        )
        variance += (first_stage.factor[first_stage.centred_on_all].sum() - seen) * over_all**2
    return variance


def simple_random_variance(
    n: np.ndarray, population: np.ndarray, squares: np.ndarray, sums: np.ndarray
) -> np.ndarray:
    """Variance of linearised statistics had their records been a simple random sample, drawn with
    replacement: what a design effect compares with.

    Parameters
    ----------
    n, population : ndarray, shape (k,)
        Records of the domain of each statistic, and the sum of their weights ``N``.
    squares, sums : ndarray, shape (k,)
        ``sum(w u^2)`` and ``sum(w u)`` over the domain, ``u`` the influence.

    Returns
    -------
    ndarray, shape (k,)
        ``N^2 / (n - 1) (sum(w u^2) / N - (sum(w u) / N)^2)``, the ``deff="replace"`` of R's survey;
        NaN for a single record.

    References
    ----------
    Kish, L. (1965). Survey Sampling, ch. 8.

    Examples
    --------
    A mean of 1, 3, 5, 7: the variance is that of the values, 20/3, over 4.

    >>> u = (np.array([1.0, 3, 5, 7]) - 4) / 4
    >>> squares = np.array([np.sum(u**2)])
    >>> simple_random_variance(np.array([4]), np.array([4.0]), squares, np.array([0.0]))
    array([1.66666667])
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = squares / population - (sums / population) ** 2
        return np.asarray(np.where(n > 1, population**2 * spread / (n - 1.0), np.nan))


@checked
def covariance(design: SurveyDesign, influence: np.ndarray) -> np.ndarray:
    """Covariance matrix of statistics from their influence, shape (n, k) to (k, k).

    Examples
    --------
    Two strata of two PSUs, one record each, weight 1; the total of y has variance
    2 [(1-2)^2 + (3-2)^2] + 2 [(5-7)^2 + (9-7)^2] = 20.

    >>> import pandas as pd
    >>> frame = pd.DataFrame({"y": [1.0, 3, 5, 9], "w": 1.0, "h": [1, 1, 2, 2], "c": [1, 2, 3, 4]})
    >>> covariance(SurveyDesign(frame, weight="w", strata="h", psu="c"), frame["y"].to_numpy())
    array([[20.]])
    """
    return covariance_of_totals(design.first_stage, psu_totals(design, influence))
