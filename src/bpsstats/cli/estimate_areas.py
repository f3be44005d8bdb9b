"""``bpsstats estimate-areas``: poverty of many areas and rounds, on this machine or on a Dask
cluster.
"""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bpsstats.cli.facts import parse_years
from bpsstats.cli.shared import DONE, add_format, add_raw, new_command, show

if TYPE_CHECKING:
    from bpsstats.survey import Estimate

BREAKDOWNS = (
    "education",
    "diploma",
    "work",
    "sector",
    "sex",
    "urban",
    "head_education",
    "head_diploma",
    "head_work",
    "head_sex",
)


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its options."""
    parser = new_command(
        commands, "estimate-areas", run, "poverty of many areas and rounds, and of all together"
    )
    parser.add_argument(
        "--areas", default="all", help="BPS codes, as in 6471,6472 (default: all in the files)"
    )
    parser.add_argument(
        "--years", help="such as 2018-2022 or 2019,2022 (default: all rounds in the folder)"
    )
    add_raw(parser)
    add_format(parser)
    parser.add_argument(
        "--by",
        choices=BREAKDOWNS,
        help="break down by this characteristic of persons or of the head",
    )
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--scheduler",
        help="address of a running Dask scheduler (default: a cluster of this machine)",
    )
    where.add_argument(
        "--workers",
        type=int,
        help="processes of the cluster of this machine (default: one per processor)",
    )
    where.add_argument(
        "--in-process", action="store_true", help="one task after the other, without a cluster"
    )
    parser.add_argument("--quiet", action="store_true", help="do not say how far it is")


def run(options: argparse.Namespace) -> int:
    """Print the table of all areas."""
    from tqdm import tqdm

    from bpsstats.areas import estimate_areas
    from bpsstats.areas.tasks import IN_PROCESS

    on_terminal = sys.stderr.isatty()
    with tqdm(unit="task", leave=False, disable=options.quiet or not on_terminal) as bar:

        def progress(done: int, tasks: int) -> None:
            bar.total = tasks
            bar.update(done - bar.n)
            if not (options.quiet or on_terminal):
                print(f"{done} of {tasks} tasks done", file=sys.stderr, flush=True)

        table = estimate_areas(
            options.raw,
            areas=(
                "all"
                if options.areas == "all"
                else [code.strip() for code in options.areas.split(",")]
            ),
            years=None if options.years is None else parse_years(options.years),
            by=options.by,
            lone_psu=options.lone_psu,
            design_fallback=options.design_fallback,
            scheduler=IN_PROCESS if options.in_process else options.scheduler,
            workers=options.workers,
            progress=progress,
        )
    factors = [_factor(row, options.raw) for row in table]
    facts = {"correction_factor": factors} if any(factors) else {}
    codes, names = zip(*map(_place, table), strict=True)
    show(
        table,
        options,
        {"area_code": codes, "area": names, "source": [row.source for row in table]},
        frame=lambda shown: shown.to_frame().assign(**facts),
    )
    return DONE


def _factor(row: "Estimate", raw: Path | None) -> float | None:
    """Correction factor of the area of a row, where there is one."""
    from bpsstats.poverty.lines.factors import correction_factor

    code, _ = _place(row)
    is_area = code and not code.endswith("00")
    factor = correction_factor(code, int(row.period[-4:]), raw).value if is_area else 1.0
    return None if factor == 1 else factor


def _place(row: "Estimate") -> tuple[str, str]:
    """Code and name of what a row is about: an area, a province, or all together, which have no
    code.
    """
    from bpsstats.microdata import find_area

    kind, _, place = row.domain.partition(", ")[0].rpartition("=")
    code, _, name = place.partition(" ")
    if kind == "province":
        return f"{code}00", find_area(f"{code}00").name
    return (code, name or code) if kind == "area" else ("", place)
