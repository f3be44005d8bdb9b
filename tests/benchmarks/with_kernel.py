"""The jobs as NumPy written by hand for this one purpose: what the arithmetic costs without a
package around it.

It starts from the columns as they are stored, as the packages do, and makes use of what it happens
to know of them: the records stand by PSU, every PSU lies in one stratum and one area, no value is
missing. Nothing is checked, and sums depend on the order of the records, which those of bpsstats do
not.
"""

import duckdb
import numpy as np
from data import LINE, MODEL_LINE

from bpsstats.microdata.layouts import load_layout

EDUCATION = {"sd_smp": 1, "sma_plus": 0, "below_sd": 2}


def stored(path, columns=""):
    """Columns of a table as arrays."""
    data = duckdb.sql(
        f"SELECT psu, stratum, weight_person AS w, expenditure_person_month AS y, {columns} FROM"
        f" '{path}'"
    )
    return {name: np.asarray(values) for name, values in data.fetchnumpy().items()}


class Frame:
    """Columns with their PSUs and strata as positions."""

    def __init__(self, columns):
        psu = columns["psu"]
        self.columns, self.w, self.y = columns, columns["w"], columns["y"]
        self.first = np.concatenate([[0], np.flatnonzero(psu[1:] != psu[:-1]) + 1])
        self.n_psu = len(self.first)
        self.psu = np.repeat(np.arange(self.n_psu), np.diff(self.first, append=len(psu)))
        _, self.h = np.unique(columns["stratum"][self.first], return_inverse=True)
        self.n_h = np.bincount(self.h)

    def sums(self, values):
        return np.bincount(self.psu, values, self.n_psu)

    def variance(self, t):
        mean = np.bincount(self.h, t) / self.n_h
        return np.sum((self.n_h / (self.n_h - 1))[self.h] * (t - mean[self.h]) ** 2)

    def covariance(self, t):
        mean = np.column_stack([np.bincount(self.h, c) for c in t.T]) / self.n_h[:, None]
        d = t - mean[self.h]
        return d.T @ (d * (self.n_h / (self.n_h - 1))[self.h][:, None])

    def ratio(self, a, b):
        r = a.sum() / b.sum()
        return 100 * r, 100 * np.sqrt(self.variance((a - r * b) / b.sum()))


def load(job, folder):
    if job == "consumption":
        return f"{folder}/nation"
    if job in ("logit", "effects"):
        columns = "head_education, size, head_sex, head_work, urban, dependency, head_age"
        return stored(f"{folder}/households.parquet", columns)
    if job == "change":
        return [stored(f"{folder}/{name}.parquet") for name in ("before", "households")]
    return stored(
        f"{folder}/persons.parquet", "area, adult, education" if job == "education" else "area"
    )


def consumption(nation):
    """The bare query of the same sums; codes as in the layout of the round."""
    layout = load_layout(2022)
    total = []
    for table, items, sums in (
        ("items41", layout.food, "SUM(B41K10) AS value, SUM(KALORI) AS calories"),
        ("items42", layout.nonfood, "SUM(B42K4) AS month, SUM(B42K5) AS year"),
    ):
        left_out = ", ".join(map(str, sorted(items.left_out)))
        total.append(
            duckdb.sql(
                f"SELECT URUT, {sums} FROM '{nation}/{table}/*/*.parquet' WHERE KLP <> 0 AND KODE"
                f" NOT IN ({left_out}) GROUP BY URUT"
            ).fetchnumpy()
        )
    food, other = total
    return [food["value"].sum() * 30 / 7, other["month"].sum() + other["year"].sum() / 12]


def fgt(columns):
    f = Frame(columns)
    gap = np.maximum(LINE - f.y, 0) / LINE
    total = f.sums(f.w)
    answers = [
        f.ratio(f.sums(f.w * a), total) for a in ((f.y < LINE).astype(float), gap, gap * gap)
    ]
    return [value for pair in answers for value in pair]


def areas(columns):
    f = Frame(columns)
    area = np.unique(f.columns["area"][f.first], return_inverse=True)[1]
    a, b = f.sums(f.w * (f.y < LINE)), f.sums(f.w)
    base = np.bincount(area, b)
    r = np.bincount(area, a) / base
    t = (a - r[area] * b) / base[area]
    # Strata lie within areas.
    mean = np.bincount(f.h, t) / f.n_h
    v = np.bincount(area, (f.n_h / (f.n_h - 1))[f.h] * (t - mean[f.h]) ** 2)
    return [*(100 * r), *(100 * np.sqrt(v))]


def education(columns):
    f = Frame(columns)
    of_poor = f.w * (f.columns["adult"] & (f.y < LINE))
    base = f.sums(of_poor)
    answers = [
        f.ratio(f.sums(of_poor * (f.columns["education"] == c)), base)
        for c in ("below_sd", "sd_smp", "sma_plus")
    ]
    return [value for pair in answers for value in pair]


def gini(columns):
    f = Frame(columns)
    order = np.argsort(f.y)
    y, w = f.y[order], f.w[order]
    n, total = w.sum(), (w * y).sum()
    reached, spent = np.cumsum(w), np.cumsum(w * y)
    # Trapezoid: G = 1 - sum w (L_i + L_i-1) / (n total).
    g = 1 - np.sum(w * (2 * spent - w * y)) / (n * total)
    u = np.empty(len(y))
    u[order] = 2 * (y * (reached - w / 2) + (total - spent + w * y / 2)) / (n * total)
    u -= (g + 1) * (1 / n + f.y / total)
    return [g, np.sqrt(f.variance(f.sums(f.w * u)))]


def model(f):
    c = f.columns
    x = np.column_stack(
        [
            np.ones(len(f.y)),
            c["head_education"] == "below_sd",
            c["head_education"] == "sd_smp",
            np.log(c["size"].astype(float)),
            c["head_sex"] == "female",
            c["head_work"] == "not_working",
            ~c["urban"],
            c["dependency"],
            c["head_age"],
        ]
    ).astype(float)
    poor, w, b = f.y < MODEL_LINE, f.w / f.w.mean(), np.zeros(x.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-(x @ b)))
        hessian = x.T @ (x * (w * p * (1 - p))[:, None])
        step = np.linalg.solve(hessian, x.T @ (w * (poor - p)))
        b += step
        if np.abs(step).max() < 1e-12:
            break
    p = 1 / (1 + np.exp(-(x @ b)))
    score = x * (w * (poor - p))[:, None]
    t = np.column_stack([f.sums(score[:, k]) for k in range(x.shape[1])])
    influence = np.linalg.solve(hessian, t.T).T
    return x, b, p, w, influence


def logit(columns):
    f = Frame(columns)
    _, b, _, _, t = model(f)
    return [*b, *np.sqrt(np.diag(f.covariance(t)))]


def effects(columns):
    """Average marginal effects: differences of two predictions for classes and 0/1 columns, slopes
    of the others.
    """
    f = Frame(columns)
    x, b, p, w, t = model(f)
    total, answers = w.sum(), []
    for k, same in ((1, [1, 2]), (2, [1, 2]), (4, [4]), (5, [5]), (6, [6])):
        on, off = x.copy(), x.copy()
        on[:, same] = off[:, same] = 0
        on[:, k] = 1
        p_on, p_off = 1 / (1 + np.exp(-(on @ b))), 1 / (1 + np.exp(-(off @ b)))
        slope = (w * p_on * (1 - p_on)) @ on - (w * p_off * (1 - p_off)) @ off
        answers.append(_effect(f, w, p_on - p_off, slope / total, t))
    q = p * (1 - p)
    for k in (3, 7, 8):
        slope = b[k] * ((w * q * (1 - 2 * p)) @ x) / total
        slope[k] += np.sum(w * q) / total
        answers.append(_effect(f, w, b[k] * q, slope, t))
    return [value for pair in (answers[i] for i in (0, 1, 5, 2, 3, 4, 6, 7)) for value in pair]


def _effect(f, w, effect, slope, t):
    value = np.sum(w * effect) / w.sum()
    own = f.sums(w * (effect - value)) / w.sum()
    return value, np.sqrt(f.variance(t @ slope + own))


def change(frames):
    (p0, s0), (p1, s1) = [
        f.ratio(f.sums(f.w * (f.y < LINE)), f.sums(f.w)) for f in map(Frame, frames)
    ]
    return [p1 - p0, np.hypot(s0, s1)]


def replicates(columns, count=500):
    """Rao-Wu: n_h - 1 PSUs drawn with replacement in each stratum, weights rescaled."""
    f = Frame(columns)
    a, b, random = f.sums(f.w * (f.y < LINE)), f.sums(f.w), np.random.default_rng(1)
    order = np.argsort(f.h, kind="stable")
    start = np.cumsum(f.n_h) - f.n_h
    drawn_in = np.repeat(np.arange(len(f.n_h)), f.n_h - 1)
    factor = (f.n_h / (f.n_h - 1))[f.h]
    values = np.empty(count)
    for r in range(count):
        drawn = order[
            start[drawn_in] + (random.random(len(drawn_in)) * f.n_h[drawn_in]).astype(np.int64)
        ]
        times = factor * np.bincount(drawn, minlength=f.n_psu)
        values[r] = times @ a / (times @ b)
    return [100 * a.sum() / b.sum(), 100 * values.std()]


JOBS = {
    j.__name__: j
    for j in (consumption, fgt, areas, education, gini, logit, effects, change, replicates)
}
