"""``bpsstats model``: how education goes with poverty over several rounds."""

import argparse
from typing import TYPE_CHECKING

from bpsstats.cli.facts import parse_years
from bpsstats.cli.shared import (
    DONE,
    about,
    add_accept_line,
    add_area,
    add_format,
    add_raw,
    new_command,
    show,
)

if TYPE_CHECKING:
    import pandas as pd

    from bpsstats.models import EducationModel

SHOWN = ("effects", "odds", "specifications")
DEFAULT_YEARS = "2018-2022"


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its options."""
    parser = new_command(
        commands, "model", run, "education and poverty over pooled rounds, with design-based errors"
    )
    add_area(parser)
    parser.add_argument(
        "--years",
        default=DEFAULT_YEARS,
        help="rounds to pool, such as 2018-2022 or 2019,2022 (default: %(default)s)",
    )
    parser.add_argument(
        "--show",
        choices=SHOWN,
        default="effects",
        help=(
            "average marginal effects, odds ratios, or the effect under several models (default:"
            " %(default)s)"
        ),
    )
    add_raw(parser)
    add_accept_line(parser)
    add_format(parser)


def run(options: argparse.Namespace) -> int:
    """Print what was asked for of the model, or stop where the data cannot bear it."""
    from bpsstats.disclosure import released
    from bpsstats.errors import SeparationError
    from bpsstats.microdata import read_round
    from bpsstats.models import education_model, education_specifications
    from bpsstats.poverty import poverty_line
    from bpsstats.reporting.tables.models import method_note
    from bpsstats.reporting.tables.table import table
    from bpsstats.survey import joint_source

    years = parse_years(options.years)
    lines = [poverty_line(options.area, year, accept=options.accept_line) for year in years]
    rounds = [
        read_round(options.area, year, options.raw, lone_psu=options.lone_psu) for year in years
    ]
    source = joint_source(*(round_.provenance.source for round_ in rounds))
    first, last = min(years), max(years)
    period = f"March {first}" + (f" to {last}" if last > first else "")
    facts = about(options.area, period, source)
    if options.show == "specifications":
        show(education_specifications(rounds, lines), options, facts, lines)
        return DONE
    model = education_model(rounds, lines)
    if model.result is None or model.effects is None:
        raise SeparationError(released(model).refused)
    if options.show == "odds":
        show(model.result, options, facts, lines)
        return DONE
    show(
        model,
        options,
        facts,
        lines,
        frame=_effects,
        tables=lambda shown, lang: [table(shown.effects, lang)],
        note=method_note(model.result, options.lang),
    )
    return DONE


def _effects(model: "EducationModel") -> "pd.DataFrame":
    """The effects, each with the method and why it was taken."""
    assert model.effects is not None
    assert model.result is not None
    return model.effects.to_frame().assign(
        method=model.result.method, reason=str(model.result.reason or "")
    )
