"""``bpsstats report``: the main job, for one area or for many."""

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

from bpsstats.cli.facts import options_of_facts, parse_years
from bpsstats.cli.shared import (
    DIFFERS,
    DONE,
    add_accept_line,
    add_area_and_year,
    add_raw,
    add_revision,
    new_command,
    translate,
)
from bpsstats.paths import DATA_VARIABLE, FACTS_VARIABLE, absolute, reports_dir

MASTHEAD = {
    "number": "number of the release, such as 03/01/6471/Th. XVIII",
    "date": "its day, such as 2023-01-12",
    "contact": "whom to ask",
    "licence": "licence of the release",
    "next_release": "day of the next release",
}


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its options."""
    parser = new_command(
        commands, "report", run, "write the annual report: HTML, notebooks, tables, figures"
    )
    add_area_and_year(parser, areas="several, a province such as 64, or all: those in the files")
    parser.add_argument("--years", help="several years, such as 2021,2022 or 2018-2022")
    parser.add_argument(
        "--lang", default="en", help="language of the report, en or id, or en,id (default: en)"
    )
    parser.add_argument(
        "--scheduler", help="address of a Dask scheduler that shares the reports among machines"
    )
    parser.add_argument("--out", type=absolute, help="folder of reports (default: reports)")
    parser.add_argument(
        "--conf-level", type=float, default=0.95, help="confidence level (default: 0.95)"
    )
    add_revision(parser, "release")
    office = parser.add_argument_group("masthead", "what the office writes over its release")
    for name, what in MASTHEAD.items():
        office.add_argument(f"--{name.replace('_', '-')}", default="", help=what)
    add_raw(parser)
    add_accept_line(parser)
    parser.add_argument("--quiet", action="store_true", help="do not say how far it is")
    parser.set_defaults(audience="external", runs_notebooks=True)


def run(options: argparse.Namespace) -> int:
    """Write the report, or the reports, and say where they are."""
    years = parse_years(options.years) if options.years else [options.year]
    langs = list(dict.fromkeys(part.strip() for part in options.lang.split(",")))
    several = "," in options.area or options.area == "all" or len(years) * len(langs) > 1
    from bpsstats.microdata.lists.areas import province_code

    if several or province_code(options.area) or options.scheduler:
        return _several(options, years, langs)
    from bpsstats.reporting.report.run import make_report

    folder = make_report(
        options.area,
        years[0],
        langs[0],
        options.out,
        conf_level=options.conf_level,
        lone_psu=options.lone_psu,
        accept_line=options.accept_line,
        masthead={name: getattr(options, name) for name in MASTHEAD},
        revision=options.revision or None,
        audience=options.audience,
        progress=not options.quiet,
    )
    print(translate(f"The report is in {_shown(folder)}: open report.html.", langs[0]))
    return DONE


def _several(options: argparse.Namespace, years: list[int], langs: list[str]) -> int:
    """Reports of several areas, years or languages, and their index."""
    from bpsstats.reporting.report.index import write_index
    from bpsstats.reporting.report.many import Task, areas_asked_for, make_reports

    out = options.out or reports_dir()
    shared = _shared_options(options)
    folders = (DATA_VARIABLE, FACTS_VARIABLE)
    settings = {name: os.environ[name] for name in folders if name in os.environ}
    tasks = [
        Task(area, year, lang, str(out), shared, settings)
        for area in areas_asked_for(options.area, years)
        for year in years
        for lang in langs
    ]
    progress = None if options.quiet else _progress()
    made = make_reports(tasks, scheduler=options.scheduler, progress=progress)
    failed = [report for report in made if report.error]
    for lang in langs:
        if page := write_index(out, lang):
            print(translate(f"The index is in {_shown(page)}.", lang))
    said = f"{len(made) - len(failed)} of {len(made)} reports are in {_shown(out)}."
    print(translate(said, langs[0]))
    for report in failed:
        print(f"{report.task}: {report.error}", file=sys.stderr)
    return DIFFERS if failed else DONE


def _shared_options(options: argparse.Namespace) -> tuple[str, ...]:
    """The options that each report is made with, those of facts among them."""
    said = options_of_facts(options)
    said += ["--conf-level", str(options.conf_level), "--lone-psu", options.lone_psu]
    for name in MASTHEAD:
        said += [f"--{name.replace('_', '-')}", value] if (value := getattr(options, name)) else []
    said += ["--revision", options.revision] if options.revision else []
    said += ["--audience", options.audience]
    switches = ("accept_line", "design_fallback", "no_store")
    said += [f"--{name.replace('_', '-')}" for name in switches if getattr(options, name, False)]
    return tuple(said)


def _progress() -> Callable[[int, int], None]:
    """One display of all reports: a bar on a terminal, plain lines elsewhere."""
    if not sys.stderr.isatty():
        return lambda done, total: print(f"[{done}/{total}] reports", file=sys.stderr, flush=True)
    from tqdm import tqdm

    bar = tqdm(desc="reports", unit="report")

    def show(done: int, total: int) -> None:
        bar.total = total
        bar.update(done - bar.n)
        if done == total:
            bar.close()

    return show


def _shown(path: Path) -> Path:
    """A path as seen from here."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
