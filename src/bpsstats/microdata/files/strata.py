"""PSU and stratum where the core files do not have them: from a file of strata, another file, or
rebuilt on request.
"""

from collections.abc import Mapping, Sequence

import pandas as pd

from bpsstats.errors import InputError
from bpsstats.microdata.findings import Finding
from bpsstats.microdata.formats import Source
from bpsstats.microdata.formats.source import rows_of
from bpsstats.microdata.layouts import DesignColumns, Layout

CORE, ALONE = ("kor_individual", "kor_household"), ("blok43",)


def complete_design(
    layout: Layout, frames: Mapping[str, pd.DataFrame], strata: Sequence[Source], accepted: bool
) -> tuple[dict[str, pd.DataFrame], DesignColumns, list[Finding], list[str]]:
    """Design columns of a round, from wherever its files hold them.

    Parameters
    ----------
    layout : Layout
    frames : mapping of str to DataFrame
        Role to rows.
    strata : sequence of Source
        Files of strata, if any.
    accepted : bool
        Whether PSU and stratum may be rebuilt from region and serials.

    Returns
    -------
    tuple
        Frames with the columns found; the columns; findings; notes.
    """
    frames, notes = dict(frames), []
    core = [role for role in CORE if role in frames] or [r for r in ALONE if r in frames]
    for column in layout.design.elsewhere.values():
        if all(column in frames[role] and frames[role][column].notna().any() for role in core):
            continue
        lookup, name = _lookup(layout, frames, core, strata, column)
        if lookup is None:
            continue
        for role in core:
            frames[role] = frames[role].assign(
                **{column: frames[role][str(lookup.index.name)].map(lookup)}
            )
        notes.append(f"{column} is taken from {name}.")
    shared = set.intersection(*(set(frames[role].columns) for role in core)) if core else set()
    filled = [c for c in shared if all(frames[role][c].notna().any() for role in core)]
    design = layout.design.found_in(filled)
    lacking = _lacking(layout, design, frames, core)
    if lacking:
        return frames, design, [lacking], notes
    if design.is_complete:
        return frames, design, [], notes
    missing = " and ".join(
        kind
        for kind, column in (("PSU", design.psu), ("stratum", design.stratum))
        if column is None
    )
    if accepted:
        return (
            frames,
            design,
            [],
            [*notes, f"{missing} rebuilt from region, urban/rural and the block's serial."],
        )
    error = InputError(
        f"The files of March {layout.year} do not hold the {missing} of each household.",
        "Say design_fallback=True or --design-fallback (or write design_fallback: accepted in"
        " source.yaml) to rebuild them from region, urban/rural and the block's serial.",
    )
    return frames, design, [Finding.of(error)], notes


def _lacking(
    layout: Layout, design: DesignColumns, frames: Mapping[str, pd.DataFrame], core: Sequence[str]
) -> Finding | None:
    """What is wrong with block 43 where it stands alone and does not say where households lie."""
    if list(core) != list(ALONE):
        return None
    needed = [layout.region["urban"], design.psu or design.psu_serial, design.stratum]
    there = frames["blok43"].columns
    lacking = [column for column in needed if column is not None and column not in there]
    if not lacking:
        return None
    error = InputError(
        f"Block 43 alone has no {', '.join(lacking)} of each household.",
        "Put the household file or the roster of the round beside it.",
        column=", ".join(lacking),
    )
    return Finding.of(error)


def _lookup(
    layout: Layout,
    frames: Mapping[str, pd.DataFrame],
    core: Sequence[str],
    strata: Sequence[Source],
    column: str,
) -> tuple[pd.Series | None, str]:
    """A design column by household key or PSU, and what it is taken from."""
    key, psu = layout.household_key, layout.design.psu
    for source in strata:
        by = next(
            (
                by
                for by in (key, psu)
                if by in source.columns and all(by in frames[r] for r in core)
            ),
            None,
        )
        if by is not None and column in source.columns:
            index = source.identifier(by) if by == key else source.number(by)
            rows = rows_of(
                f"SELECT DISTINCT {index}, {source.number(column)} FROM {source.relation}"
            )
            frame = pd.DataFrame(rows, columns=[by, column]).drop_duplicates(by).set_index(by)
            return frame[column].astype("float64"), source.path.name
    for role in ("kor_household", "kor_individual", "blok43"):
        frame_of = frames.get(role)
        if (
            frame_of is not None
            and {key, column} <= set(frame_of.columns)
            and frame_of[column].notna().any()
        ):
            return frame_of.drop_duplicates(key).set_index(key)[column], "another file of the round"
    return None, ""
