"""The tables of a round in official columns: what was read of one area, whatever was not there left
out.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from bpsstats.microdata.layouts import DesignColumns, Layout
from bpsstats.reprs import SizesOnly

# Files that give each household its region, design and weight, the first that is there.
CORE_ROLES = ("kor_household", "kor_individual", "blok43")


@dataclass(frozen=True, slots=True, eq=False, repr=False, weakref_slot=True)
class OfficialTables(SizesOnly):
    """Rows of one area by file, and the sums of its items.

    Parameters
    ----------
    layout : Layout
    frames : mapping of str to DataFrame
        Role to rows; a column that is missing or could not be read is left out. The index numbers
        rows (`raw.located`).
    sums : mapping of str to DataFrame
        "blok41" and "blok42" to sums of items by household key.
    design : DesignColumns
        Those that the copies hold.
    codes : mapping of str to str
        Concept to the code list that is used, which may be told from the data.
    prices : DataFrame, optional
        What a unit of each food costs: code, price (median Rp), n.
    """

    layout: Layout
    frames: Mapping[str, pd.DataFrame]
    sums: Mapping[str, pd.DataFrame]
    design: DesignColumns
    codes: Mapping[str, str]
    prices: pd.DataFrame | None = None

    def get(self, role: str, *columns: str) -> pd.DataFrame | None:
        """Rows of a file if it is there with all of these columns."""
        frame = self.frames.get(role)
        return frame if frame is not None and set(columns) <= set(frame.columns) else None

    @property
    def individual(self) -> pd.DataFrame:
        """The roster, without which there are no persons."""
        return self.frames["kor_individual"]

    @property
    def has_roster(self) -> bool:
        """Whether there are persons."""
        return "kor_individual" in self.frames

    @property
    def household(self) -> pd.DataFrame | None:
        """The household file."""
        return self.frames.get("kor_household")

    @property
    def block43(self) -> pd.DataFrame | None:
        """The summary of consumption."""
        return self.frames.get("blok43")

    @property
    def food(self) -> pd.DataFrame | None:
        """Sums of block 41."""
        return self.sums.get("blok41")

    @property
    def nonfood(self) -> pd.DataFrame | None:
        """Sums of block 42."""
        return self.sums.get("blok42")

    @property
    def core_role(self) -> str:
        """The file that gives each household its region, design and weight."""
        return next((r for r in CORE_ROLES if r in self.frames), CORE_ROLES[0])

    @property
    def core(self) -> pd.DataFrame:
        """One row per household with region, design, weight: the household file, the first member
        of each, or block 43.
        """
        frame = self.frames[self.core_role]
        if self.core_role == "blok43":
            return frame.rename(columns={"WERT": self.layout.design.weight})
        if self.core_role == "kor_individual":
            return frame.drop_duplicates(self.layout.household_key)
        return frame

    @property
    def sizes(self) -> pd.Series:
        """Members by household key: R301, or the count of the roster."""
        key = self.layout.household_key
        if self.core_role == "kor_individual":
            return self.individual.groupby(key).size().astype("float64")
        return self.core.drop_duplicates(key).set_index(key)[self.layout.household["size"]]

    @property
    def has_summary(self) -> bool:
        """Whether block 43 holds expenditure."""
        frame = self.get("blok43", "EXPEND")
        return frame is not None and bool(frame["EXPEND"].notna().any())

    @property
    def has_spending(self) -> bool:
        """Whether expenditure is there: in block 43, or to be summed from the items of blocks 41
        and 42.
        """
        return self.has_summary or (self.food is not None and self.nonfood is not None)
