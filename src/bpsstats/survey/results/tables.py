"""Tables of estimates."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, overload

import numpy as np
import pandas as pd
import scipy

from bpsstats.arguments import checked
from bpsstats.disclosure import WITHHELD, is_withheld, released
from bpsstats.errors import ParameterError
from bpsstats.reprs import html_table, written
from bpsstats.survey.results.arrow import to_arrow
from bpsstats.survey.results.labels import joint_source, usual_digits
from bpsstats.survey.results.one_estimate import Estimate
from bpsstats.survey.results.select import (
    RowName,
    place_of_row,
    places_of_rows,
    weights_of_rows,
)
from bpsstats.survey.results.strands import strand_covariance
from bpsstats.survey.variance.engine import covariance_of_listed_totals


@dataclass(frozen=True, slots=True, eq=False)
class Estimates:
    """A table of estimates, one row each.

    Iterates over its `Estimate` rows; `a - b` and `a / b` work row by row and carry the sampling
    error.
    """

    rows: tuple[Estimate, ...]
    heading: str
    level: float

    def __iter__(self) -> Iterator[Estimate]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    @overload
    def __getitem__(self, at: int) -> Estimate: ...

    @overload
    def __getitem__(self, at: slice) -> "Estimates": ...

    def __getitem__(self, at: int | slice) -> "Estimate | Estimates":
        """A row by its position, or a table of several."""
        return replace(self, rows=self.rows[at]) if isinstance(at, slice) else self.rows[at]

    @checked
    def row(
        self,
        statistic: str | None = None,
        domain: str | None = None,
        *,
        period: str | None = None,
        **keys: object,
    ) -> Estimate:
        """The row of a statistic, in a domain where there are several.

        Parameters
        ----------
        statistic, domain, period : str, optional
            As they stand in the table; what is left out does not count.
        **keys : value
            Columns of a breakdown with the category that is meant, as in ``sex="female"``.

        Raises
        ------
        ParameterError
            If no row, or more than one, answers.

        Examples
        --------
        >>> from bpsstats.survey import SurveyDesign, estimate, mean
        >>> frame = pd.DataFrame({"y": [1.0, 3, 5, 9], "w": 1.0, "g": list("aabb")})
        >>> frame["h"] = [1, 2, 1, 2]
        >>> design = SurveyDesign(frame, weight="w", strata=None, psu=None)
        >>> table = estimate(design, mean("y"), by=["g", "h"])
        >>> table.row(g="b", h=1).estimate, table[0].estimate, table.select(h=2)[-1].estimate
        (5.0, 1.0, 9.0)
        """
        return self.rows[place_of_row(self.rows, statistic, domain, period, keys)]

    @checked
    def select(
        self,
        statistic: str | None = None,
        domain: str | None = None,
        *,
        period: str | None = None,
        **keys: object,
    ) -> "Estimates":
        """The table of all rows of a statistic, domain, period or keys, named as in `row`.

        Raises
        ------
        ParameterError
            If no row answers.
        """
        found = places_of_rows(self.rows, statistic, domain, period, keys)
        if not found:
            place_of_row(self.rows, statistic, domain, period, keys)  # says what there is
        return replace(self, rows=tuple(self.rows[k] for k in found))

    @checked
    def contrast(
        self, weights: Sequence[float] | Mapping[RowName, float], *, name: str = "contrast"
    ) -> Estimate:
        """A linear combination of any rows, with the covariances between them.

        Parameters
        ----------
        weights : sequence of float, shape (rows,), or mapping of row to float
            One for each row, in their order, 0 for one that is left out; or by the name of the
            rows that count: domain or statistic, ``(statistic, domain)``, or position from 0.
        name : str
            Name of the result.

        Returns
        -------
        Estimate
            ``sum_k c_k e_k``, variance ``c'Vc``; its degrees of freedom are the least of the rows'.

        Raises
        ------
        ParameterError
            If there is not one weight for each row, all are 0, a name is of no row or of several,
            or the rows have different units.

        Examples
        --------
        >>> from bpsstats.survey import SurveyDesign, estimate, mean
        >>> frame = pd.DataFrame({"y": [1.0, 3, 5, 9], "w": 1.0, "g": list("aabb")})
        >>> design = SurveyDesign(frame, weight="w", strata=None, psu=None)
        >>> table = estimate(design, mean("y"), by="g")
        >>> table.contrast([-1, 1]).estimate, table.contrast({"g=b": 1, "g=a": -1}).estimate
        (5.0, 5.0)
        """
        each = weights_of_rows(self.rows, weights)
        rows = [(row, c) for row, c in zip(self.rows, each, strict=True) if c]
        units = list(dict.fromkeys(row.unit for row, _ in rows))
        if len(units) > 1:
            raise ParameterError(
                f"The rows of the contrast {name} have different units: {', '.join(units)}. Combine"
                " rows of one unit."
            )
        strands = tuple(strand.scaled(c) for row, c in rows for strand in row.strands)
        first = rows[0][0]
        return Estimate(
            statistic=name,
            domain=" ".join(f"{c:+g} {row.statistic} ({row.domain})" for row, c in rows),
            period=first.period,
            estimate=sum(c * row.estimate for row, c in rows),
            std_error=(
                WITHHELD
                if any(row.is_withheld for row, _ in rows)
                else float(np.sqrt(strand_covariance(strands, strands)))
            ),
            df=min(row.df for row, _ in rows),
            n=max(row.n for row, _ in rows),
            households=None,
            n_psu=max(row.n_psu for row, _ in rows),
            unit=first.unit,
            source=joint_source(*dict.fromkeys(row.source for row, _ in rows)),
            kind="difference",
            scale=1.0,
            level=self.level,
            strands=strands,
            made_of=tuple(row for row, _ in rows),
        )

    @checked
    def contrasts(
        self, named: Mapping[str, Sequence[float] | Mapping[RowName, float]]
    ) -> "Estimates":
        """Several linear combinations, each under its name; see `contrast`.

        Examples
        --------
        >>> from bpsstats.survey import SurveyDesign, estimate, mean
        >>> frame = pd.DataFrame({"y": [1.0, 3, 5, 9], "w": 1.0, "g": list("aabc")})
        >>> design = SurveyDesign(frame, weight="w", strata=None, psu=None)
        >>> table = estimate(design, mean("y"), by="g")
        >>> both = table.contrasts({"b - a": {"g=b": 1, "g=a": -1}, "c - b": [0, -1, 1]})
        >>> [(row.statistic, row.estimate) for row in both]
        [('b - a', 3.0), ('c - b', 4.0)]
        """
        rows = tuple(self.contrast(weights, name=name) for name, weights in named.items())
        return replace(self, rows=rows)

    def covariance(self) -> np.ndarray:
        """Covariance matrix of the rows, shape (rows, rows). Rows of different samples are
        independent.
        """
        k = len(self.rows)
        samples = {id(s.first_stage): s.first_stage for row in self.rows for s in row.strands}
        result = np.zeros((k, k))
        for key, first_stage in samples.items():
            listed = [
                (strand.psu, np.full(len(strand.psu), i), strand.totals)
                for i, row in enumerate(self.rows)
                for strand in row.strands
                if id(strand.first_stage) == key
            ]
            psu, column, totals = (np.concatenate(part) for part in zip(*listed, strict=True))
            table = scipy.sparse.csr_array((totals, (psu, column)), shape=(first_stage.n_psu, k))
            result += covariance_of_listed_totals(first_stage, table)
        return result

    def to_arrow(self) -> Any:
        """The table as a `pyarrow.Table` without loss: the columns of `to_frame`, then ``kind``,
        ``source`` and ``level`` of each row; the heading is in the metadata of the schema.

        Raises
        ------
        ParameterError
            If there is no pyarrow.
        """
        return to_arrow(self)

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """The stream by which polars, DuckDB and others take Arrow: ``polars.DataFrame(table)``."""
        return to_arrow(self).__arrow_c_stream__(requested_schema)

    def to_frame(self) -> pd.DataFrame:
        """Tidy table at full precision, one row per estimate; heading, level and the kinds of data
        are in its ``attrs``.

        Examples
        --------
        >>> from bpsstats.survey import SurveyDesign, estimate, mean
        >>> frame = pd.DataFrame({"y": [1.0, 3, 5, 9], "w": 1.0})
        >>> design = SurveyDesign(frame, weight="w", strata=None, psu=None)
        >>> estimate(design, mean("y")).to_frame()[["statistic", "estimate", "n"]]
          statistic  estimate  n
        0    mean:y       4.5  4
        """
        intervals = [row.interval() for row in self.rows]
        frame = pd.DataFrame(
            {
                "statistic": [row.statistic for row in self.rows],
                "domain": [row.domain for row in self.rows],
                "period": [row.period for row in self.rows],
                "estimate": [row.estimate for row in self.rows],
                "std_error": [row.std_error for row in self.rows],
                "rse": [row.rse for row in self.rows],
                "conf_low": [low for low, _ in intervals],
                "conf_high": [high for _, high in intervals],
                "df": whole_numbers([row.df for row in self.rows]),
                "n": whole_numbers([row.n for row in self.rows]),
                "households": pd.array([row.households for row in self.rows], dtype="Int64"),
                "n_psu": whole_numbers([row.n_psu for row in self.rows]),
                "deff": [row.deff for row in self.rows],
                "n_eff": [row.n_eff for row in self.rows],
                "unit": [row.unit for row in self.rows],
                "reliability": [row.reliability for row in self.rows],
                "presentation": [row.presentation for row in self.rows],
                "mark": [row.mark for row in self.rows],
            }
        )
        frame.attrs = {"heading": self.heading, "level": self.level}
        frame.attrs["source"] = list(dict.fromkeys(row.source for row in self.rows))
        return frame

    @checked
    def __add__(self, other: "Estimates") -> "Estimates":
        """Rows of both tables, one below the other."""
        rows = self.rows + other.rows
        heading = self.heading
        if rows:
            joint = joint_source(*dict.fromkeys(row.source for row in rows))
            heading = heading.replace(rows[0].source, joint) if rows[0].source else heading
        return Estimates(rows, heading, self.level)

    @checked
    def __sub__(self, other: "Estimates") -> "Estimates":
        return self._by_row(other, lambda a, b: a - b, "minus")

    @checked
    def __truediv__(self, other: "Estimates") -> "Estimates":
        return self._by_row(other, lambda a, b: a / b, "over")

    def _by_row(
        self, other: "Estimates", operate: Callable[[Estimate, Estimate], Estimate], word: str
    ) -> "Estimates":
        """Apply an operation to rows of the same statistic and domain."""
        rows = tuple(operate(row, other.row(row.statistic, row.domain)) for row in self.rows)
        return Estimates(rows, f"{self.heading}, {word} {other.heading}", self.level)

    def __repr__(self) -> str:
        return f"{self.heading}\n{released(self).formatted().to_string(index=False)}"

    def _repr_html_(self) -> str:
        return f"<p>{self.heading}</p>{html_table(released(self).formatted())}"

    def formatted(self) -> pd.DataFrame:
        """The table as read by people: rounded, with the confidence level in the headings."""
        frame = self.to_frame()
        percent = f"{100 * self.level:g}%"
        shown = pd.DataFrame({"statistic": frame["statistic"]})
        for label in ("domain", "period"):
            if (frame[label] != frame[label].iloc[0]).any() or (
                label == "domain" and (frame[label] != "all").any()
            ):
                shown[label] = frame[label]
        digits = [row.decimals(usual_digits(row.kind, row.estimate)) for row in self.rows]
        hides = any(row.is_withheld for row in self.rows)
        columns = {"estimate": "estimate", "std. error": "std_error"}
        columns |= {f"{percent} low": "conf_low", f"{percent} high": "conf_high"}
        for label, column in columns.items():
            shown[label] = [
                written(value, d) for value, d in zip(frame[column], digits, strict=True)
            ]
        shown["RSE %"] = [written(value, 1) for value in frame["rse"]]
        return shown.assign(
            n=[written(row.n) for row in self.rows] if hides else frame["n"],
            PSUs=[written(row.n_psu) for row in self.rows] if hides else frame["n_psu"],
            deff=[written(value, 2) for value in frame["deff"]],
            unit=frame["unit"],
            reliability=frame["reliability"],
            presentation=frame["presentation"],
        )


def whole_numbers(values: Sequence[int | float]) -> Any:
    """A column of whole numbers, of a kind that has gaps where one is withheld."""
    return pd.array(values, dtype="Int64") if any(map(is_withheld, values)) else list(values)
