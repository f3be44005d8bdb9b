"""What must hold in a set of files before any number is made of it. Each check says what, where and
what to do.
"""

from collections.abc import Callable, Iterator, Sequence

from bpsstats.microdata.checks.codes import (
    code_lists_fit_the_data,
    codes_are_known,
    work_codes_fit_the_data,
)
from bpsstats.microdata.checks.design import design_is_whole, persons_share_the_design
from bpsstats.microdata.checks.keys import (
    files_hold_the_same_households,
    keys_are_unique,
    sizes_agree,
)
from bpsstats.microdata.checks.known import Known
from bpsstats.microdata.checks.levels import levels_can_be, weights_are_of_households
from bpsstats.microdata.checks.spending import (
    items_add_up_to_the_summary,
    spending_is_there,
    summary_adds_up,
)
from bpsstats.microdata.checks.weights import (
    weights_agree,
    weights_are_positive,
    weights_sum_to_a_population,
)
from bpsstats.microdata.concepts.columns import questions_fit_the_data
from bpsstats.microdata.findings import CheckReport, Finding, Names
from bpsstats.microdata.tables import OfficialTables

Check = Callable[[OfficialTables, Names], Iterator[Finding]]

CHECKS: tuple[Check, ...] = (
    keys_are_unique,
    files_hold_the_same_households,
    sizes_agree,
    weights_are_positive,
    weights_agree,
    weights_are_of_households,
    spending_is_there,
    summary_adds_up,
    items_add_up_to_the_summary,
    codes_are_known,
    code_lists_fit_the_data,
    work_codes_fit_the_data,
    questions_fit_the_data,
    design_is_whole,
    persons_share_the_design,
)


def check_tables(
    tables: OfficialTables,
    names: Names,
    heading: str,
    before: Sequence[Finding],
    known: Known,
) -> CheckReport:
    """Run every check on the tables of a round; one whose columns are not there is left out, as
    their lack is said.

    Parameters
    ----------
    tables : OfficialTables
    names : mapping of str to sequence of str
        Role to the names of its files, for the messages.
    heading : str
        First line of the report.
    before : sequence of Finding
        What was found on opening the files.
    known : Known
        What the files are held against.
    """
    findings = [*before]
    for against in (weights_sum_to_a_population, levels_can_be):
        findings += against(tables, names, known)
    findings += [finding for check in CHECKS for finding in check(tables, names)]
    # The gravest first; among errors, what is wrong with a whole file before what is wrong with
    # some of its rows.
    ordered = sorted(
        dict.fromkeys(findings), key=lambda f: (f.gravity != "error", bool(f.rows), -f.count)
    )
    return CheckReport(heading, tuple(ordered), len(CHECKS) + 2)
