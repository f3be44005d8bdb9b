"""Write a synthetic national round as Parquet, one province after the other, with a sidecar that
says what it is.
"""

from collections.abc import Callable
from itertools import groupby
from pathlib import Path

import duckdb
import pandas as pd
import yaml

from bpsstats.errors import ParameterError
from bpsstats.files import scratch_folder
from bpsstats.microdata.layouts import load_layout
from bpsstats.microdata.parquet_rounds import sha256_of_parts
from bpsstats.microdata.provenance import SIDECAR, SYNTHETIC
from bpsstats.reprs import count_of
from bpsstats.synthetic.nation.draw import NationalArea, draw_area, national_areas

GENERATOR_VERSION = 1
TABLES = ("households", "persons", "items41", "items42")
# Rupiah are whole; quantities and calories have two decimals. Both are stored so that sums of them
# are exact.
TYPES = {
    "B41K10": "INTEGER",
    "B42K4": "INTEGER",
    "B42K5": "INTEGER",
    "B42K3": "DECIMAL(12, 2)",
    "KALORI": "DECIMAL(12, 2)",
}
NOTE = (
    "Synthetic microdata of an invented nation: no respondent is in them, and neither areas nor"
    " figures are real. They show that the computation holds at national size, and nothing else. /"
    " Data mikro sintetis dari negara rekaan: tidak memuat seorang responden pun; wilayah dan"
    " angkanya bukan yang sebenarnya."
)


def synthesize_nation(
    year: int,
    seed: int,
    out: Path,
    areas: int | None = None,
    progress: Callable[[str], None] | None = None,
) -> Path:
    """Write one round of an invented nation to ``<out>/<year>-03-national/``, whole or not at all.

    Parameters
    ----------
    year : int
        A year with a layout.
    seed : int
        The same seed gives the same bytes.
    out : path
    areas : int, optional
        Only so many areas, at even distances among the 514.
    progress : callable, optional
        Told of each province as it is written.

    Returns
    -------
    path
        The folder: ``households/``, ``persons/``, ``items41/``, ``items42/``, each with a part
        ``province=NN/part.parquet``, the lines of the areas in ``poverty_lines.yaml``, and
        ``source.yaml``.

    Raises
    ------
    ParameterError
        If the folder is there already, or there are fewer areas than asked for.
    """
    layout = load_layout(year)
    chosen = national_areas(seed, areas)
    folder = out / f"{year}-03-national"
    if folder.exists():
        raise ParameterError(
            f"The folder {folder.name} is there already. Remove it, or name another folder with"
            " --out."
        )
    out.mkdir(parents=True, exist_ok=True)
    rows = dict.fromkeys(TABLES, 0)
    with (
        scratch_folder(".writing-", out) as beside,
        duckdb.connect() as connection,
    ):
        connection.execute(
            "SET threads = 1"
        )  # one writer, so that the same rows give the same bytes
        target = beside / folder.name
        for province, members in groupby(chosen, key=lambda area: area.code[:2]):
            drawn = [draw_area(area, layout, seed) for area in members]
            for table in TABLES:
                frame = pd.concat([parts[table] for parts in drawn], ignore_index=True)
                _write(connection, frame, target / table / f"province={province}" / "part.parquet")
                rows[table] += len(frame)
            if progress is not None:
                progress(
                    f"Province {province}: {count_of(len(drawn), 'area')};"
                    f" {count_of(rows['households'], 'household')}"
                    " so far"
                )
        _describe(target, year, seed, chosen, rows)
        target.replace(folder)
    return folder


def _write(connection: duckdb.DuckDBPyConnection, frame: pd.DataFrame, path: Path) -> None:
    """One Parquet file."""
    path.parent.mkdir(parents=True)
    columns = ", ".join(
        f"CAST({name} AS {TYPES[name]}) AS {name}" if name in TYPES else name
        for name in map(str, frame)
    )
    connection.register("frame", frame)
    quoted = str(path).replace("'", "''")
    connection.execute(
        f"COPY (SELECT {columns} FROM frame) TO '{quoted}' (FORMAT parquet, COMPRESSION zstd)"
    )
    connection.unregister("frame")


def _describe(
    folder: Path, year: int, seed: int, areas: list[NationalArea], rows: dict[str, int]
) -> None:
    """Sidecar, and the lines of the areas in the form of data/raw/poverty_lines.yaml."""
    sidecar = {
        "kind": SYNTHETIC,
        "scale": "national",
        "note": NOTE,
        "year": year,
        "seed": seed,
        "generator_version": GENERATOR_VERSION,
        "areas": {area.code: area.name for area in areas},
        "rows": rows,
        "sha256": sha256_of_parts(folder),
    }
    lines = {
        a.code: {year: {"value": a.line, "source": "invented with the synthetic round"}}
        for a in areas
    }
    for name, document in ((SIDECAR, sidecar), ("poverty_lines.yaml", {"lines": lines})):
        text = yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=110)
        (folder / name).write_text(text, encoding="utf8")
