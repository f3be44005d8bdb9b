"""Write synthetic rounds: official file names, compressed, the same bytes each time, and a sidecar
that says what they are.
"""

import gzip
import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from bpsstats.errors import OutputError
from bpsstats.files import held, put_in_place, recover, scratch_folder
from bpsstats.microdata.layouts import load_layout
from bpsstats.microdata.lists.areas import FIRST_CITY, Area, find_area
from bpsstats.microdata.lists.basket import reference_population, standard_basket
from bpsstats.microdata.provenance import SIDECAR, SYNTHETIC, read_sidecar, sha256_of
from bpsstats.reprs import count_of
from bpsstats.synthetic.fit import Fitted, fit_sample
from bpsstats.synthetic.living import add_living
from bpsstats.synthetic.means import Means
from bpsstats.synthetic.needs import Needs
from bpsstats.synthetic.official import official_tables
from bpsstats.synthetic.parameters import parameters
from bpsstats.synthetic.population import make_population
from bpsstats.synthetic.spending import spend
from bpsstats.synthetic.targets import Targets

WRITING = ".writing-"
MAX_NAMED = 5  # files that a message names
KEYS_OF_AN_AREA = 100_000  # more than an area has
GENERATOR_VERSION = 5
NOTE = (
    "Synthetic microdata: no respondent is in them. They are drawn from an invented population and"
    " fitted to the figures below, so that agreement with these figures shows that the pipeline is"
    " right, not that the figures are. / Data mikro sintetis: tidak memuat seorang responden pun;"
    " disesuaikan dengan angka di bawah ini."
)


def make_round(area: str | Area, year: int, targets: Targets, seed: int) -> dict[str, pd.DataFrame]:
    """A synthetic round in memory: the five official tables, by role.

    Parameters
    ----------
    area : str or Area
    year : int
        A year with a layout.
    targets : Targets
        Figures that the round's estimates will meet.
    seed : int
        The same seed, area, year and targets give the same tables.
    """
    known = area if isinstance(area, Area) else find_area(area)
    layout = load_layout(year)
    streams = np.random.SeedSequence([seed, int(known.code), year]).spawn(5)
    of_population, of_sample, of_spending, of_codes, of_living = (
        np.random.Generator(np.random.PCG64(s)) for s in streams
    )
    kind = "city" if known.regency > FIRST_CITY else "regency"
    population = make_population(year, targets.population, of_population, kind)
    fitted = fit_sample(population, targets, of_sample, kind)
    size = population.size[fitted.sample.household]
    needs = _needs(targets, fitted, size, population.block_urban[fitted.sample.block])
    commodity_list = layout.food.commodity_list
    spending = spend(
        fitted.expenditure,
        size,
        targets.threshold,
        year,
        commodity_list,
        of_spending,
        needs=needs,
        means=Means(fitted.weight, size, targets),
    )
    tables = official_tables(known, layout, population, fitted, spending, of_codes)
    return add_living(tables, layout, targets, of_living)


def _needs(targets: Targets, fitted: Fitted, size: np.ndarray, urban: np.ndarray) -> Needs:
    """What the line of the targets is to cost in the items of a fitted sample."""
    temporary = targets.temporary_threshold
    share = standard_basket().reference_share
    part = reference_population(fitted.expenditure, fitted.weight * size, temporary, share)
    return Needs(
        fitted.weight * part, size, urban, targets.threshold, parameters()["line"]["food_share"]
    )


def synthesize(
    targets: Mapping[int, Mapping[str, Targets]],
    seed: int,
    out: Path,
    progress: Callable[[str], None] | None = None,
) -> list[Path]:
    """Write synthetic rounds to ``<out>/<year>-03/``, each folder whole or not at all.

    Parameters
    ----------
    targets : mapping of int to mapping of str to Targets
        By year and BPS code; the files of a round hold all areas of the year.
    seed : int
    out : path
    progress : callable, optional
        Told of each area as it is drawn, where there are several, and of each round as it is
        written.

    Returns
    -------
    list of path
        The folders written.

    Raises
    ------
    OutputError
        If a folder holds anything that this function did not write, or that was changed since.
    """
    say = progress or str
    out.mkdir(parents=True, exist_ok=True)
    for year in targets:
        _refuse_others(out / f"{year}-03")
    folders = []
    for year, of_areas in targets.items():
        tables = _round_of_areas(year, of_areas, seed, say)
        folder = out / f"{year}-03"
        with held(out), scratch_folder(WRITING, out) as beside:
            new = beside / folder.name
            new.mkdir()
            _write_round(new, year, of_areas, seed, tables)
            recover(folder)
            _refuse_others(folder)
            put_in_place(new, folder)
        folders.append(folder)
        say(
            f"March {year}: {count_of(len(tables['kor_household']), 'household')} written to"
            f" {folder.name}"
        )
    return folders


def _round_of_areas(
    year: int, targets: Mapping[str, Targets], seed: int, say: Callable[[str], object]
) -> dict[str, pd.DataFrame]:
    """The official tables of several areas, one below the other; keys of households differ."""
    key = load_layout(year).household_key
    parts: dict[str, list[pd.DataFrame]] = {}
    for place, (code, of_area) in enumerate(targets.items()):
        known = find_area(code)
        for role, table in make_round(known, year, of_area, seed).items():
            parts.setdefault(role, []).append(
                table.assign(**{key: table[key] + place * KEYS_OF_AN_AREA})
            )
        if len(targets) > 1:
            say(f"March {year}: {known.name} ({place + 1} of {len(targets)})")
    return {role: pd.concat(tables, ignore_index=True) for role, tables in parts.items()}


def _refuse_others(folder: Path) -> None:
    """Refuse a folder that is not wholly as this module wrote it."""
    if not folder.exists():
        return
    sidecar = read_sidecar(folder)
    own = sidecar.get("sha256") if sidecar.get("kind") == SYNTHETIC else None
    hashes = own if isinstance(own, dict) else {}
    others = [
        path.name
        for path in sorted(folder.iterdir())
        if not (path.name == SIDECAR and hashes)
        and not (path.is_file() and hashes.get(path.name) == sha256_of(path))
    ]
    if others:
        more = f" and {len(others) - MAX_NAMED} more" if len(others) > MAX_NAMED else ""
        raise OutputError(
            f"Folder {folder.name} holds what was not written by this command, or was changed"
            f" since: {', '.join(others[:MAX_NAMED])}{more}. Nothing was changed. Name another"
            " folder with --out."
        )


def csv_bytes(table: pd.DataFrame) -> bytes:
    """A table as CSV: comma, point, Unix line ends, numbers as short as they can be."""
    text = io.StringIO()
    table.to_csv(text, index=False, lineterminator="\n")
    return text.getvalue().encode("utf8")


def _write_round(
    folder: Path,
    year: int,
    targets: Mapping[str, Targets],
    seed: int,
    tables: Mapping[str, pd.DataFrame],
) -> None:
    """Files and sidecar of one round."""
    layout = load_layout(year)
    hashes = {}
    for role, table in tables.items():
        path = folder / f"{layout.files[role].name}.csv.gz"
        # No name and no time in the header, so that the same table gives the same bytes.
        path.write_bytes(gzip.compress(csv_bytes(table), compresslevel=9, mtime=0))
        hashes[path.name] = sha256_of(path)
    figures = {code: of_area.to_figures() for code, of_area in targets.items()}
    assumed = {code: list(of_area.assumed) for code, of_area in targets.items() if of_area.assumed}
    alone = next(iter(targets)) if len(targets) == 1 else None
    sidecar: dict[str, Any] = {
        "kind": SYNTHETIC,
        "note": NOTE,
        **(
            {"area": alone}
            if alone
            else {"areas": {code: find_area(code).name for code in figures}}
        ),
        "year": year,
        "seed": seed,
        "generator_version": GENERATOR_VERSION,
        "targets": figures[alone] if alone else figures,
        **({"assumed": assumed[alone] if alone else assumed} if assumed else {}),
        "sha256": hashes,
    }
    if not layout.design.is_complete:
        sidecar["design_fallback"] = "accepted"
    text = yaml.safe_dump(sidecar, sort_keys=False, allow_unicode=True, width=110)
    (folder / SIDECAR).write_text(text, encoding="utf8")
