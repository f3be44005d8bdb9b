"""The ``bpsstats`` command. Exit codes: 0 done; 1 a figure differs or a check failed; 2 unusable input or parameters."""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bpsstats.errors import BpsStatsError, ParameterError

if TYPE_CHECKING:
    import pandas as pd

DONE, DIFFERS, UNUSABLE, INTERRUPTED = 0, 1, 2, 130
DEFAULT_AREA, DEFAULT_YEAR, DEFAULT_SEED = "6471", 2022, 20230112
FORMATS = ("table", "json", "csv")
BREAKDOWNS = ("education", "work", "sector", "sex", "urban", "head_education", "head_sex", "head_work")
FIRST_YEAR, LAST_YEAR = 2000, 2100


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    Parameters
    ----------
    arguments : sequence of str, optional
        Default: those of the process.
    """
    options = _parser().parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = options.run
    try:
        return run(options)
    except BpsStatsError as error:
        if options.debug:
            raise
        print(f"bpsstats: {error.paragraph}", file=sys.stderr)
        return error.exit_code
    except OSError as error:
        if options.debug:
            raise
        named = f" ({Path(str(error.filename)).name})" if error.filename else ""
        print(
            f"bpsstats: {error.strerror or 'a file could not be read or written'}{named}. Nothing was replaced.",
            file=sys.stderr,
        )
        return UNUSABLE
    except KeyboardInterrupt:
        print("bpsstats: stopped. The last report is as it was.", file=sys.stderr)
        return INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    """All commands and their options."""
    parser = argparse.ArgumentParser(
        prog="bpsstats", description="City poverty statistics from Susenas-style microdata, with their sampling errors."
    )
    parser.add_argument("--debug", action="store_true", help="show the traceback of an error")
    commands = parser.add_subparsers(required=True, metavar="command")

    report = _command(commands, "report", _report, "write the annual report: HTML, notebooks, tables, figures")
    _area_and_year(report)
    report.add_argument("--lang", choices=("en", "id"), default="en", help="language of the report (default: en)")
    report.add_argument("--out", type=Path, help="folder of reports (default: reports)")
    report.add_argument("--conf-level", type=float, default=0.95, help="confidence level (default: 0.95)")
    report.add_argument("--quiet", action="store_true", help="do not say how far it is")

    reproduce = _command(commands, "reproduce", _reproduce, "print each printed figure beside the recomputed one")
    _area_and_year(reproduce)
    _raw(reproduce)
    _format(reproduce)

    estimate = _command(commands, "estimate", _estimate, "number of poor, P0, P1, P2 with their sampling errors")
    _area_and_year(estimate)
    _raw(estimate)
    _format(estimate)
    estimate.add_argument(
        "--by", choices=BREAKDOWNS, help="break down by this characteristic of persons or of the head"
    )

    build = _command(commands, "build", _build, "write households and persons of a round to data/processed as Parquet")
    _area_and_year(build)
    _raw(build)

    check = _command(commands, "check", _check, "say all that is wrong with the raw files of a round")
    _area_and_year(check)
    _raw(check)
    _format(check)

    synthesize = _command(commands, "synthesize", _synthesize, "make synthetic rounds fitted to printed figures")
    synthesize.add_argument("--area", default=DEFAULT_AREA, help="BPS code or name (default: %(default)s)")
    synthesize.add_argument("--years", required=True, help="such as 2018-2022 or 2019,2022")
    synthesize.add_argument(
        "--seed", type=int, default=DEFAULT_SEED, help="the same seed gives the same bytes (default: %(default)s)"
    )
    synthesize.add_argument("--out", type=Path, required=True, help="folder that gets <year>-03/")
    synthesize.add_argument("--targets", type=Path, help="another file in the form of data/raw/published.csv")
    return parser


def _command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    run: Callable[[argparse.Namespace], int],
    text: str,
) -> argparse.ArgumentParser:
    """One command."""
    parser = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
    parser.set_defaults(run=run)
    return parser


def _area_and_year(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--area", default=DEFAULT_AREA, help="BPS code or name (default: %(default)s)")
    parser.add_argument(
        "--year", type=_year, default=DEFAULT_YEAR, help="year of the March round (default: %(default)s)"
    )


def _raw(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--raw", type=Path, help="folder of raw files (default: data/raw, or $BPSSTATS_DATA)")


def _format(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--format", choices=FORMATS, default="table", help="json and csv carry full precision")


def _year(text: str) -> int:
    """A year as four digits."""
    if not (text.isascii() and text.isdigit() and FIRST_YEAR <= int(text) <= LAST_YEAR):
        raise argparse.ArgumentTypeError(f"{text!r} is no year of four digits, such as {DEFAULT_YEAR}")
    return int(text)


def _report(options: argparse.Namespace) -> int:
    from bpsstats.reporting.run import make_report

    folder = make_report(
        options.area, options.year, options.lang, options.out, conf_level=options.conf_level, progress=not options.quiet
    )
    shown = folder.relative_to(Path.cwd()) if folder.is_relative_to(Path.cwd()) else folder
    print(f"The report is in {shown}: open report.html.")
    return DONE


def _reproduce(options: argparse.Namespace) -> int:
    from bpsstats.published import ledger

    comparisons = ledger(options.area, options.year, options.raw)
    _show(comparisons, comparisons.to_frame(), options.format)
    return DONE if comparisons.all_hold else DIFFERS


def _estimate(options: argparse.Namespace) -> int:
    from bpsstats.microdata import read_round
    from bpsstats.poverty import headcount, poor_count, poverty_gap, poverty_line, severity
    from bpsstats.survey import SurveyDesign, estimate

    line = poverty_line(options.area, options.year)
    round_ = read_round(options.area, options.year, options.raw)
    frame = round_.persons if options.by and not options.by.startswith("head_") else round_.households
    measures = [poor_count(line), headcount(line), poverty_gap(line), severity(line)]
    table = estimate(SurveyDesign(frame), measures, by=options.by)
    _show(table, table.to_frame(), options.format)
    return DONE


def _build(options: argparse.Namespace) -> int:
    import tempfile

    import duckdb

    from bpsstats.microdata import read_round
    from bpsstats.paths import processed_dir

    round_ = read_round(options.area, options.year, options.raw)
    folder = processed_dir()
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".writing-") as beside:
        names = []
        for kind in ("households", "persons"):
            frame = getattr(round_, kind)
            plain = frame.astype(dict.fromkeys(frame.select_dtypes("category"), "str"))
            name = f"{round_.area.code}-{round_.year}-{kind}.parquet"
            target = str(Path(beside) / name).replace("'", "''")
            connection = duckdb.connect()
            connection.register("frame", plain)
            connection.execute(f"COPY (SELECT * FROM frame) TO '{target}' (FORMAT parquet)")
            connection.close()
            names.append(name)
        for name in names:
            (Path(beside) / name).replace(folder / name)
    print(f"Written to data/processed: {', '.join(names)}")
    return DONE


def _check(options: argparse.Namespace) -> int:
    from bpsstats.microdata import check_round

    report = check_round(options.area, options.year, options.raw)
    _show(report, report.to_frame(), options.format)
    return DIFFERS if report.errors else DONE


def _synthesize(options: argparse.Namespace) -> int:
    from bpsstats.microdata.synthetic import Targets, synthesize
    from bpsstats.published import published

    years = _years(options.years)
    targets = {
        year: Targets.from_figures(published(options.area, year, file=options.targets).figures()) for year in years
    }
    synthesize(
        options.area, years, targets, options.seed, options.out, lambda text: print(text, file=sys.stderr, flush=True)
    )
    return DONE


def _years(text: str) -> list[int]:
    """Years of a list and of ranges.

    Raises
    ------
    ParameterError
        If the text is neither.
    """
    years: list[int] = []
    for part in text.split(","):
        bounds = part.strip().split("-")
        if len(bounds) > 2 or not all(
            b.isascii() and b.isdigit() and FIRST_YEAR <= int(b) <= LAST_YEAR for b in bounds
        ):
            raise ParameterError(f"The years {text!r} cannot be read. Write them as 2018-2022 or 2019,2022.")
        years.extend(range(int(bounds[0]), int(bounds[-1]) + 1))
    if not years:
        raise ParameterError(
            f"The years {text!r} name none. Write the first of a range before the last, as in 2018-2022."
        )
    return years


def _show(result: object, frame: "pd.DataFrame", form: str) -> None:
    """A result in the format asked for."""
    if form == "json":
        records = frame.astype(object).where(frame.notna(), None).to_dict("records")
        print(json.dumps(records, indent=1, ensure_ascii=False, default=lambda value: value.item()))
    elif form == "csv":
        print(frame.to_csv(index=False, lineterminator="\n"), end="")
    else:
        print(result)
