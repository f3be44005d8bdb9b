"""Each claim of each sentence of the report, for every shipped year and in both languages, computed
again from the records without the functions that the report is made with.

A sentence is read back by the text of its case; its numbers are held against the records to the
decimals that it writes, and its case against the same records.
"""

import csv
import math
import re
import string
from collections import Counter
from functools import cache

import numpy as np
import pytest
from scipy import stats

from bpsstats import __version__
from bpsstats.microdata import read_round
from bpsstats.paths import raw_dir
from bpsstats.poverty import poverty_line
from bpsstats.reporting.words.language import language
from bpsstats.reporting.words.rule import RULES
from shipped import EACH_RELEASE, YEARS, release, results

AREA = "6471"
LEVEL = 0.95
NUMBER = r"[−+]?\d[\d.,]*\d|[−+]?\d|–"


def pattern(text):
    """The text of a case as a pattern, its values as groups."""
    parts, seen = [], Counter()
    for literal, field, mark, _ in string.Formatter().parse(text.replace("**", "")):
        parts.append(re.escape(literal))
        if field:
            name = "alpha" if mark == "alpha" else field
            seen[name] += 1
            # A value stays within its sentence.
            value = rf"(?P<{name}>(?:(?!\. ).)+?)"
            parts.append(value if seen[name] == 1 else f"(?P={name})")
    # A title is all there is, or a sentence with a full stop behind it.
    ends = r"(?= |$)" if text.endswith(".") else r"(?=\. |\.?$)"
    return re.compile("".join(parts) + ends)


@cache
def patterns(lang):
    """All cases of all rules that say something; the longest text first."""
    texts = language(lang).words["rule"]
    cases = [(rule, case, text) for rule in RULES for case, text in texts[rule].items() if text]
    cases.sort(key=lambda entry: -len(entry[2]))
    return [(rule, case, pattern(text)) for rule, case, text in cases]


def read_back(text, lang):
    """The sentences of a text: rule, case and values; all of the text is accounted for."""
    sentences = language(lang).words["sentence"].values()
    fixed = [str(text).replace("**", "") for text in sentences]
    at, found = 0, []
    while at < len(text):
        for sentence in fixed:
            if text.startswith(sentence, at):
                at += len(sentence) + 1
                break
        else:
            matches = [(r, c, m) for r, c, p in patterns(lang) if (m := p.match(text, at))]
            assert matches, f"no rule says: {text[at : at + 80]}"
            rule, case, match = matches[0]
            found.append((rule, case, match.groupdict()))
            at = match.end() + len(text[match.end() : match.end() + 1].strip(" ")) + 1
    return found


def number(text, lang):
    """A written number and half a unit of its last decimal."""
    words = language(lang)
    plain = re.sub(r"^p [=<] ", "", text).replace(words.thousands, "").replace("−", "-")
    plain = plain.replace(words.decimal, ".")
    digits = len(plain.split(".")[1]) if "." in plain else 0
    return float(plain), 0.5 * 10**-digits * 1.0001


class Truth:
    """A round as records, and what follows from them by the formulas of the textbooks."""

    def __init__(self, year):
        round_ = read_round(AREA, year)
        self.year, self.line = year, float(poverty_line(AREA, year))
        self.households, self.persons = round_.households, round_.persons
        self.poor = self.households["expenditure_person_month"].to_numpy() < self.line

    def measure(self, order):
        """Value and standard error of FGT, percent, and of the number of poor (order None)."""
        w = self.households["weight_person"].to_numpy()
        y = self.households["expenditure_person_month"].to_numpy()
        gap = np.where(self.poor, ((self.line - y) / self.line) ** (order or 0), 0.0)
        if order is None:
            return float(w @ gap), self.error(w * gap)
        value = float(w @ gap / w.sum())
        return 100 * value, 100 * self.error(w * (gap - value) / w.sum())

    def error(self, influence):
        """Standard error of a total between blocks within strata."""
        frame = self.households[["stratum", "psu"]].assign(z=influence)
        totals = frame.groupby(["stratum", "psu"], observed=True)["z"].sum()
        variance = 0.0
        for _, z in totals.groupby(level=0, observed=True):
            variance += len(z) / (len(z) - 1) * float(((z - z.mean()) ** 2).sum())
        return math.sqrt(variance)

    @property
    def df(self):
        blocks = self.households[["stratum", "psu"]].drop_duplicates()
        return len(blocks) - blocks["stratum"].nunique()

    def adults(self, *, poor=True):
        """Persons aged 15 and over in poor households, or in the others."""
        below = self.persons["expenditure_person_month"].to_numpy() < self.line
        return self.persons[(below == poor) & self.persons["adult"].to_numpy(bool)]

    def share(self, column, level, *, poor=True):
        frame = self.adults(poor=poor)
        inside = (frame[column].astype(str) == level).to_numpy()
        return 100 * float(np.average(inside, weights=frame["weight_person"]))

    def food(self, *, poor):
        part = self.households[self.poor == poor]
        food, spending = (
            (part["weight_hh"] * part[name]).sum() for name in ("food_month", "expenditure_month")
        )
        return 100 * float(food / spending)


@cache
def truth(year):
    return Truth(year)


def difference(year, order):
    """Change of a measure on the year before: value, error, degrees of freedom, p."""
    (new, error), (old, error_before) = truth(year).measure(order), truth(year - 1).measure(order)
    se, df = math.hypot(error, error_before), truth(year).df + truth(year - 1).df
    return new - old, se, df, float(2 * stats.t.sf(abs(new - old) / se, df))


def same(said, lang, **wanted):
    """Each value of a sentence is the wanted one, as far as it is written."""
    for name, value in wanted.items():
        if said[name].startswith("p <"):
            assert value < 0.001
            continue
        written, tolerance = number(said[name], lang)
        assert written == pytest.approx(value, abs=tolerance), name
    if "alpha" in said:
        assert number(said["alpha"], lang)[0] == pytest.approx(100 * (1 - LEVEL))


def month(year, lang):
    return language(lang).period(year)


# One check for each rule: the case and all numbers that it says.


def check_poverty(case, said, year, lang):
    t = truth(year)
    rate = results(year).now.poverty.row("headcount")
    low, high = rate.interval()
    same(said, lang, count=t.measure(None)[0], rate=t.measure(0)[0], n_poor=t.poor.sum())
    same(said, lang, n=len(t.households), line=t.line, low=low, high=high, level=100 * LEVEL)
    assert case == "some"
    assert said["period"] == month(year, lang)


def check_reliability(case, said, year, lang):
    value, error = truth(year).measure(0)
    rse = 100 * error / value
    same(said, lang, rse=rse)
    assert case == ("reliable" if rse <= 25 else "caution" if rse <= 50 else "unreliable")


def check_presentation(case, said, year, lang):
    """The US standard: 30 effective records, an interval under 0.30 and, above 0.05, narrow."""
    t = truth(year)
    p, error = (value / 100 for value in t.measure(0))
    low, high = (limit / 100 for limit in results(year).now.poverty.row("headcount").interval())
    n = len(t.households)
    effective = min(n, p * (1 - p) / error**2)
    wide = high - low >= 0.30 or (high - low > 0.05 and high - low > 1.3 * p)
    assert case == ("not_reliable" if min(n, effective) < 30 or wide else "reliable")


def check_depth(case, said, year, lang):
    same(said, lang, gap=truth(year).measure(1)[0], severity=truth(year).measure(2)[0])
    assert case == "poor"


def check_direction(case, said, year, lang):
    change = difference(year, None)[0]
    assert case == ("lower" if change < 0 else "higher")
    end, start = truth(year).measure(None)[0], truth(year - 1).measure(None)[0]
    same(said, lang, size=abs(change), end=end, start=start)
    assert said["before"] == month(year - 1, lang)


def check_significance(case, said, year, lang):
    change, se, df, p = difference(year, None)
    reach = stats.t.ppf(0.5 + LEVEL / 2, df) * se
    same(said, lang, low=change - reach, high=change + reach, p=p, level=100 * LEVEL)
    assert case == ("significant" if p < 1 - LEVEL else "not_significant")
    assert (case == "significant") == (not change - reach <= 0 <= change + reach)


def check_detectable(case, said, year, lang):
    _, se, df, p = difference(year, None)
    least = (stats.t.ppf(0.5 + LEVEL / 2, df) + stats.t.ppf(0.8, df)) * se
    same(said, lang, detectable=least, power=80)
    assert p >= 1 - LEVEL
    assert (case == "no_fall") == (least > truth(year - 1).measure(None)[0])


def check_index_change(case, said, year, lang):
    names = [language(lang).statistic(name) for name in ("poverty_gap", "severity")]
    change, _, _, p = difference(year, 1 + names.index(said["statistic"]))
    same(said, lang, size=abs(change), p=p)
    direction = "lower" if change < 0 else "higher"
    assert case == f"{direction}_{'significant' if p < 1 - LEVEL else 'not_significant'}"


def check_education(case, said, year, lang):
    assert case == "poor"
    same(said, lang, n=len(truth(year).adults()))
    table = results(year).now.education
    for level in ("below_sd", "sd_smp", "sma_plus"):
        check_share(said[level], table.row(f"share:{level}"), "education", level, year, lang)


def check_work(case, said, year, lang):
    assert case == "poor"
    table = results(year).now.work
    for level in ("not_working", "informal", "formal"):
        check_share(said[level], table.row(f"share:{level}"), "work", level, year, lang)


def check_share(text, row, column, level, year, lang):
    """The share is that of the records, its interval that of the table."""
    pieces = re.findall(NUMBER, text)
    values = [truth(year).share(column, level), *row.interval()]
    for piece, value in zip(pieces, values, strict=True):
        written, tolerance = number(piece, lang)
        assert written == pytest.approx(value, abs=tolerance)


def check_bridge(case, said, year, lang):
    t = truth(year)
    gap = t.share("education", "sma_plus") - t.share("education", "sma_plus", poor=False)
    model = results(year).model.test.p_value
    pooled = [y for y in YEARS if y <= year]
    same(said, lang, difference=gap, p=model, n_poor=t.poor.sum())
    same(said, lang, pooled_poor=sum(truth(y).poor.sum() for y in pooled))
    assert said["rounds"] == f"{pooled[0]}–{pooled[-1]}"
    low, high = (number(said[name], lang)[0] for name in ("low", "high"))
    assert low < gap < high
    differs = not low <= 0 <= high
    assert case == {
        (True, False): "rounds_only", (True, True): "both",
        (False, True): "year_only", (False, False): "neither",
    }[model < 1 - LEVEL, differs]  # fmt: skip


def check_food(case, said, year, lang):
    t = truth(year)
    poor, others = t.food(poor=True), t.food(poor=False)
    same(said, lang, poor=poor, others=others, difference=poor - others)
    low, high = (number(said[name], lang)[0] for name in ("low", "high"))
    assert low < poor - others < high
    assert case == ("more" if low > 0 else "less" if high < 0 else "same")


def check_profile(case, said, year, lang):
    """Comparisons are counted again after Holm, and the difference is that of two table cells."""
    found = results(year).profile_differences
    p_values = np.sort([one.test.p_value for one in found if np.isfinite(one.test.p_value)])
    shown = release(year, lang)["profile"].frames()["profile-differences"].to_frame()
    tested = shown[np.isfinite(shown["p_value"])]
    # Step down: the k-th smallest of m p-values is held against 0.05 / (m - k).
    refused = p_values * np.arange(len(p_values), 0, -1) >= 0.05
    limit = p_values[refused.argmax()] if refused.any() else np.inf
    sure = tested[tested["p_value"] < limit]
    assert list(sure.index) == list(tested.index[tested["significant"]])
    same(said, lang, tested=len(tested), significant=len(sure), level=100 * LEVEL)
    by_itself = sure[(sure["conf_low"] > 0) | (sure["conf_high"] < 0)]
    largest = by_itself.loc[by_itself["difference"].abs().idxmax()]
    entries = results(year).profile.table(largest["table"]).entries
    poor, others = (
        next(
            e.value.estimate
            for e in entries
            if (e.sex, e.within, e.concept) == tuple(largest[["sex", "within", "concept"]])
            and (e.row, e.column) == (largest["row"], column)
        )
        for column in ("poor", "non_poor")
    )
    same(said, lang, difference=poor - others, low=largest["conf_low"], high=largest["conf_high"])
    assert case == "some"
    assert said["period"] == month(year, lang)


def check_model(case, said, year, lang):
    """The differences are averages of predictions that are made here from the coefficients."""
    model = results(year).model
    w, p = model.design.weights, model.result
    rates = {}
    for level in ("sma_plus", "below_sd", "sd_smp"):
        frame = model.design.frame.assign(head_education=level)
        rates[level] = 100 * float(np.average(p.predict(frame), weights=w))
    same(said, lang, below=rates["below_sd"] - rates["sma_plus"])
    same(said, lang, middle=rates["sd_smp"] - rates["sma_plus"])
    pooled = [y for y in YEARS if y <= year]
    same(said, lang, n_poor=sum(truth(y).poor.sum() for y in pooled))
    assert case == ("one_round" if len(pooled) == 1 else "rounds")
    rows = [row for row in model.effects if row.statistic == "effect:head_education"]
    for name, row in zip(("below", "middle"), rows, strict=True):
        low, high = row.interval()
        same(said, lang, **{f"{name}_low": low, f"{name}_high": high})


def check_model_test(case, said, year, lang):
    p = results(year).model.test.p_value
    same(said, lang, p=p)
    assert case == ("significant" if p < 1 - LEVEL else "not_significant")


def specifications(year):
    return results(year).specifications.to_frame()


def check_specifications(case, said, year, lang):
    frame = specifications(year)
    above, below = (frame["conf_low"] > 0).sum(), (frame["conf_high"] < 0).sum()
    same(said, lang, n=frame["estimate"].notna().sum(), above=above, below=below)
    same(said, lang, lowest=frame["estimate"].min(), highest=frame["estimate"].max())
    same(said, lang, around=len(frame) - above - below)
    assert case == "some"


def check_band(case, said, year, lang):
    frame = specifications(year)
    heads = frame[frame["verdict"] != ""]
    out = heads[
        (heads["estimate"] < heads["plausible_low"]) | (heads["estimate"] > heads["plausible_high"])
    ]
    same(said, lang, band_low=frame["plausible_low"][0], band_high=frame["plausible_high"][0])
    assert case == ("outside" if len(out) else "inside")
    for key in out["specification"]:
        assert language(lang).word("specification", key) in said["named"]
    assert said.get("named", "").count("“") == len(out)


def check_series(case, said, year, lang):
    """Each earlier round against the last, with Holm's correction by statsmodels."""
    from statsmodels.stats.multitest import multipletests

    order = ["P0", "P1", "P2"].index(said["statistic"])
    earlier = [y for y in YEARS if y < year]
    (new, se), lower, higher = truth(year).measure(order), [], []
    tests = []
    for y in earlier:
        old, error = truth(y).measure(order)
        df = truth(y).df + truth(year).df
        tests.append(2 * stats.t.sf(abs(new - old) / math.hypot(se, error), df))
    adjusted = multipletests(tests, method="holm")[1] if tests else []
    for y, p in zip(earlier, adjusted, strict=True):
        if p < 1 - LEVEL:
            (lower if new < truth(y).measure(order)[0] else higher).append(str(y))
    one = {(False, False): "none", (True, False): "lower", (False, True): "higher"}
    assert case == (one.get((bool(lower), bool(higher)), "both") if earlier else "one_round")
    assert said["last"] == month(year, lang)
    for name, years in (("lower", lower), ("higher", higher)):
        assert re.findall(r"\d{4}", said.get(name, "")) == years


def check_print(case, said, year, lang):
    """Rates of simple random samples, drawn here, move as little as the printed ones how often?"""
    rates = results(year).printed_rates
    years, n = sorted(rates), len(truth(year).households)
    p = np.array([rates[y] for y in years]) / 100

    def moved(shares):
        spread = shares * (1 - shares) / n
        return (np.diff(shares) ** 2 / (spread[..., 1:] + spread[..., :-1])).sum(axis=-1)

    random = np.random.default_rng(1)
    drawn = random.binomial(n, p.mean(), (20_000, len(p))) / n
    drawn = np.where(drawn.sum(axis=1, keepdims=True) > 0, drawn, 1 / n)
    share = float(np.mean(moved(np.clip(drawn, 0.5 / n, 1)) <= moved(p)))
    assert (number(said["p"], lang)[0], share) == (pytest.approx(share, abs=0.02), share)
    assert case == ("steadier" if share < 1 - LEVEL else "not_steadier")
    assert (int(said["first"]), int(said["last"])) == (years[0], years[-1])
    same(said, lang, n=n)


def check_rebuilt(case, said, year, lang):
    """GKM + GKNM by the table of the rebuilt line; the printed line and the distance by hand."""
    result = results(year).rebuilt
    (low, high), line = result.total.interval(), result.food.estimate + result.nonfood.estimate
    off = abs(100 * (line / truth(year).line - 1))
    same(said, lang, line=line, low=low, high=high, printed=truth(year).line, off=off)
    same(said, lang, food=100 * result.food.estimate / line)


def check_rebuilt_inside(case, said, year, lang):
    low, high = results(year).rebuilt.total.interval()
    assert case == ("inside" if low <= truth(year).line <= high else "outside")


def check_rebuilt_rate(case, said, year, lang):
    frame, line = truth(year).households, results(year).rebuilt.total.estimate
    poor = frame["expenditure_person_month"] < line
    rate = 100 * np.average(poor, weights=frame["weight_person"])
    known, estimated = results(year).rebuilt.headcount()
    same(said, lang, rate=rate, known=known.std_error, estimated=estimated.std_error)


def check_specifications_title(case, said, year, lang):
    frame = specifications(year)
    same(said, lang, above=(frame["conf_low"] > 0).sum(), n=frame["estimate"].notna().sum())
    assert case == "some"


def check_finding(case, said, year, lang):
    t, row = truth(year), results(year).now.poverty.row("headcount")
    low, high = row.interval()
    same(said, lang, rate=t.measure(0)[0], count=t.measure(None)[0], low=low, high=high)
    assert (case, said["period"]) == ("some", month(year, lang))


def check_rate_change(case, said, year, lang):
    change, _, _, p = difference(year, 0)
    same(said, lang, size=abs(change))
    direction = "lower" if change < 0 else "higher"
    assert case == f"{direction}_{'significant' if p < 1 - LEVEL else 'not_significant'}"
    assert said["before"] == month(year - 1, lang)


def check_rate_interval(case, said, year, lang):
    change, se, df, p = difference(year, 0)
    reach = stats.t.ppf(0.5 + LEVEL / 2, df) * se
    same(said, lang, low=change - reach, high=change + reach, p=p, level=100 * LEVEL)
    assert case == "tested"


def check_mean_gap(case, said, year, lang):
    """Gap of each poor person, by hand."""
    t = truth(year)
    poor = t.households[t.poor]
    gaps, w = t.line - poor["expenditure_person_month"], poor["weight_person"]
    rupiah = float(np.average(gaps, weights=w))
    same(said, lang, gap=100 * rupiah / t.line, rupiah=rupiah, total=12 * float(gaps @ w) / 1e9)
    assert case == "poor"


def check_sample(case, said, year, lang):
    t = truth(year)
    p, error = (value / 100 for value in t.measure(0))
    n, psus = len(t.households), t.households[["stratum", "psu"]].drop_duplicates()
    same(said, lang, n=n, n_poor=t.poor.sum(), psus=len(psus), df=t.df)
    w = t.households["weight_person"]
    simple = p * (1 - p) / (n - 1) * (1 - n / t.households["weight_hh"].sum())
    written, _ = number(said["effect"], lang)
    assert written == pytest.approx(error**2 / simple, rel=0.05), w.sum()
    assert case == "known"


def check_inequality(case, said, year, lang):
    """Gini by all pairs, shares by sorting."""
    frame = truth(year).households.sort_values("expenditure_person_month")
    y, w = (frame[name].to_numpy() for name in ("expenditure_person_month", "weight_person"))
    mean = float(np.average(y, weights=w))
    pairs = float(w @ np.abs(y[:, None] - y[None, :]) @ w)
    same(said, lang, gini=pairs / (2 * w.sum() ** 2 * mean))
    reached, spent = np.cumsum(w) / w.sum(), np.cumsum(w * y) / (w @ y)
    below = {q: 100 * float(np.interp(q, reached, spent)) for q in (0.4, 0.8)}
    same(said, lang, level=100 * LEVEL)
    for name, value in (("bottom", below[0.4]), ("top", 100 - below[0.8])):
        assert number(said[name], lang)[0] == pytest.approx(value, abs=0.1)
    assert case == ("low" if below[0.4] > 17 else "moderate" if below[0.4] >= 12 else "high")
    for name, statistic in (("gini", "gini:trapezoid"), ("bottom", "bottom_40")):
        low, high = results(year).inequality.row(statistic).interval()
        same(said, lang, **{f"{name}_low": low, f"{name}_high": high})


def check_near(case, said, year, lang):
    t = truth(year)
    y, w = t.households["expenditure_person_month"] / t.line, t.households["weight_person"]
    for name, inside in (("extreme", y < 0.8), ("near", (y >= 1) & (y < 1.2))):
        same(said, lang, **{name: 100 * float(np.average(inside, weights=w))})
        low, high = (number(said[f"{name}_{end}"], lang)[0] for end in ("low", "high"))
        assert low <= number(said[name], lang)[0] <= high
    assert case == "always"


def check_rank(case, said, year, lang):
    rates = rates_of_areas(year)
    own = rates[AREA]
    same(said, lang, n=len(rates), rate=own, rank=1 + sum(r < own for r in rates.values()))
    spread = {a: r * (100 - r) / 308 for a, r in rates.items()}  # 616 households, effect of 2
    z = stats.norm.ppf(0.5 + LEVEL / 2)
    apart = {a: abs(r - own) > z * math.sqrt(spread[a] + spread[AREA]) for a, r in rates.items()}
    lowest = 1 + sum(apart[a] and r < own for a, r in rates.items())
    highest = len(rates) - sum(apart[a] and r > own for a, r in rates.items())
    if case == "open":
        same(said, lang, lowest=lowest, highest=highest)
    assert case == ("apart" if lowest == highest else "open")


def check_beside(case, said, year, lang):
    printed = {code: printed_cell(code, year, "headcount") for code in ("6400", "0000")}
    names = {"6400": "province_rate", "0000": "nation_rate"}
    same(said, lang, **{names[c]: v for c, v in printed.items() if v is not None})
    known = tuple(value is not None for value in printed.values())
    assert case == {(True, True): "both", (True, False): "province", (False, True): "nation"}[known]


def check_break(case, said, year, lang):
    years = sorted(results(year).printed_rates)
    assert (int(said["first"]), int(said["last"]), int(said["year"])) == (years[0], years[-1], 2021)
    assert case == "some"


def check_line(case, said, year, lang):
    same(said, lang, line=truth(year).line)
    assert (case, said["period"]) == ("known", month(year, lang))


def check_line_change(case, said, year, lang):
    before = printed_cell(AREA, year - 1, "poverty_line")
    growth = 100 * (truth(year).line / before - 1)
    same(said, lang, size=abs(growth))
    assert case == ("higher" if growth > 0 else "lower")


def check_line_parts(case, said, year, lang):
    rebuilt = results(year).rebuilt
    food, rest = rebuilt.food.estimate, rebuilt.nonfood.estimate
    same(said, lang, food=100 * food / (food + rest), nonfood=100 * rest / (food + rest))
    same(said, lang, food_rupiah=food, nonfood_rupiah=rest)
    assert case == "always"


def check_household_line(case, said, year, lang):
    poor = truth(year).households[truth(year).poor]
    size = float(np.average(poor["size"], weights=poor["weight_hh"]))
    same(said, lang, size=size, line=size * truth(year).line)
    low, high = (number(said[name], lang)[0] for name in ("low", "high"))
    assert low < size < high
    assert case == "poor"


def check_basket(case, said, year, lang):
    frame, total = results(year).rebuilt.to_frame(), results(year).rebuilt.total.estimate
    for part in ("food", "nonfood"):
        wanted = frame[frame["part"] == part].nlargest(3, "cost")["cost"] / total * 100
        named = [number(text, lang) for text in re.findall(rf"\(({NUMBER})\)", said[part])]
        for (written, tolerance), value in zip(named, wanted, strict=True):
            assert written == pytest.approx(value, abs=tolerance)
    assert case == "both"


def check_citation(case, said, year, lang):
    assert (case, said["period"], said["version"]) == ("undated", month(year, lang), __version__)


@cache
def printed_rows():
    """The file of printed figures, read here."""
    with (raw_dir() / "published.csv").open(encoding="utf8") as file:
        return [row for row in csv.DictReader(file) if row["domain"] == "all"]


def printed_cell(code, year, indicator):
    """The print with most decimals."""
    found = [
        row["printed"]
        for row in printed_rows()
        if (row["area_code"], int(row["year"]), row["indicator"]) == (code, year, indicator)
    ]
    return float(max(found, key=lambda text: len(text.partition(".")[2]))) if found else None


def rates_of_areas(year):
    codes = {row["area_code"] for row in printed_rows() if row["area_code"].startswith("64")}
    rates = {code: printed_cell(code, year, "headcount") for code in codes - {"6400"}}
    return {code: rate for code, rate in rates.items() if rate is not None}


CHECKS = {
    name.removeprefix("check_"): check
    for name, check in list(globals().items())
    if name.startswith("check_")
}


def texts(year, lang):
    """All prose of a release that is made by rule, and the titles of its figures."""
    shown = release(year, lang)
    by_rule = [section for section in shown if section.name != "ledger"]
    yield shown.finding.text.replace("**", "")
    for section in [*by_rule, shown["specifications"], shown["line"]]:
        said = section.text.text.replace("**", "")
        yield " ".join(line.removeprefix("- ") for line in said.splitlines())
    yield shown["series"].figure.alt.split("; ")[0]
    yield shown["specifications"].figure.alt.split("; ")[0]


@pytest.mark.parametrize(("year", "lang"), EACH_RELEASE)
def test_every_claim_of_every_sentence_is_true(year, lang):
    found = [sentence for text in texts(year, lang) for sentence in read_back(text, lang)]
    for rule, case, said in found:
        CHECKS[rule](case, said, year, lang)
    wanted = {
        "poverty",
        "reliability",
        "presentation",
        "depth",
        "education",
        "work",
        "food",
        "model",
    }
    wanted |= {
        "finding", "mean_gap", "sample", "inequality", "near", "rank", "line",
        "line_change", "line_parts", "household_line", "basket", "citation", "profile",
    }  # fmt: skip
    wanted |= {"specifications", "band", "series", "specifications_title"}
    if year > YEARS[0]:
        wanted |= {"direction", "significance", "index_change", "model_test", "bridge", "print"}
        wanted |= {"rate_change", "rate_interval"}
    assert wanted <= {rule for rule, _, _ in found}
