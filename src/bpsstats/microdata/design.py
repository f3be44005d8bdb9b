"""PSU, SSU and stratum of the rows of a file, whether they are released or rebuilt."""

from weakref import WeakKeyDictionary

import pandas as pd

from bpsstats.microdata.layouts import DesignColumns, Layout
from bpsstats.microdata.tables import OfficialTables

URBAN = 1
LARGEST_WHOLE = 2**53  # above it floats skip whole numbers
# Made once for a file of a round, as long as its tables are there.
_DESIGNED: WeakKeyDictionary[OfficialTables, dict[str, pd.DataFrame | None]] = WeakKeyDictionary()


def designed(tables: OfficialTables, role: str) -> pd.DataFrame | None:
    """PSU, SSU, stratum and whether urban of the rows of a core file, if its columns are there."""
    known = _DESIGNED.setdefault(tables, {})
    if role not in known:
        layout, design = tables.layout, tables.design
        needed = [*layout.region.values(), design.psu or design.psu_serial]
        needed += [] if design.stratum is None else [design.stratum]
        frame = tables.get(role, *needed)
        known[role] = None if frame is None else _designed(frame, layout, design)
    return known[role]


def design_of(tables: OfficialTables, role: str, rows: pd.DataFrame) -> pd.DataFrame:
    """The design of rows of a file that the checks have found whole."""
    frame = designed(tables, role)
    assert frame is not None
    return frame.loc[rows.index]


def _designed(raw: pd.DataFrame, layout: Layout, design: DesignColumns) -> pd.DataFrame:
    """PSU, SSU and stratum as text, and whether urban; rebuilt from region and serials where not
    released.

    The rule, measured on a released round: ``STRATA = province * 1000 + regency * 10 +
    urban/rural`` and ``PSU = province, regency, block serial in five digits``; SSU adds the
    household serial in six.
    """
    region = layout.region
    area = raw[region["province"]] * 100 + raw[region["regency"]]
    if design.psu is not None:
        psu = _digits(raw[design.psu], 9)
    else:
        psu = _digits(area, 4) + _digits(raw[design.psu_serial], 5)
    if design.ssu is not None and design.ssu in raw:
        ssu = raw[design.ssu]
    elif design.household_serial in raw:
        ssu = psu + _digits(raw[design.household_serial], 6)
    else:
        ssu = raw[layout.household_key]
    stratum = (
        raw[design.stratum] if design.stratum is not None else area * 10 + raw[region["urban"]]
    )
    return pd.DataFrame(
        {
            "psu": psu,
            "ssu": ssu,
            "stratum": _digits(stratum, 5),
            "urban": raw[region["urban"]] == URBAN,
        },
        index=raw.index,
    )


def _digits(number: pd.Series, width: int) -> pd.Series:
    """A whole number as text with leading zeros; what is missing or no whole number is missing."""
    whole = number.where((number % 1 == 0) & (number.abs() < LARGEST_WHOLE))
    text = whole.astype("Int64").astype("str").str.zfill(width)
    return text.where(whole.notna(), None)
