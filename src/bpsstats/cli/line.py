"""``bpsstats line``: the poverty line rebuilt from the consumption items."""

import argparse

from bpsstats.cli.shared import (
    DONE,
    about,
    add_area_and_year,
    add_format,
    add_raw,
    new_command,
    show,
)


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its options."""
    parser = new_command(
        commands, "line", run, "rebuild the poverty line from the items, with its sampling error"
    )
    add_area_and_year(parser)
    add_raw(parser)
    add_format(parser)
    parser.add_argument(
        "--temporary-line",
        type=float,
        metavar="RP",
        help="default: last year's line times general inflation",
    )
    parser.add_argument(
        "--iterate", action="store_true", help="let the line take the place of the temporary line"
    )
    parser.add_argument(
        "--accept", action="store_true", help="take a line far from last year's all the same"
    )


def run(options: argparse.Namespace) -> int:
    """Print the line, its parts and its basket; json and csv carry the whole basket."""
    import pandas as pd

    from bpsstats.microdata import find_area, read_items, read_round
    from bpsstats.poverty import estimate_poverty_line, poverty_line
    from bpsstats.poverty.basic_needs.result import RebuiltLine
    from bpsstats.poverty.lines.factors import correction_factor
    from bpsstats.reporting.tables.lines import basket_table
    from bpsstats.reporting.tables.table import table
    from bpsstats.survey import SurveyDesign

    # Last year's line also tells whether a temporary line that was given can be one.
    before = poverty_line(options.area, options.year - 1, accept=options.accept)
    round_ = read_round(options.area, options.year, options.raw, lone_psu=options.lone_psu)
    design = SurveyDesign(round_.households)
    factor = correction_factor(find_area(options.area).code, options.year, options.raw).value
    line = estimate_poverty_line(
        design,
        read_items(options.area, options.year, options.raw),
        before,
        temporary_line=options.temporary_line,
        iterate=options.iterate,
        factor=factor,
        accept=options.accept,
    )

    facts = {} if factor == 1 else {"correction_factor": factor}

    def frame(shown: RebuiltLine) -> pd.DataFrame:
        lines = shown.lines.to_frame().rename(
            columns={"statistic": "commodity", "estimate": "cost", "std_error": "cost_se"}
        )
        parts = lines[["commodity", "cost", "cost_se", "conf_low", "conf_high"]]
        both = [parts.assign(part="line"), shown.to_frame()]
        return pd.concat(both, ignore_index=True).assign(**facts)

    show(
        line,
        options,
        about(options.area, round_.period, design.source),
        frame=frame,
        tables=lambda shown, lang: [table(shown, lang), basket_table(shown, lang)],
    )
    return DONE
