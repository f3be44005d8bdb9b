"""A text file that was cut at the end of a line is a whole table, and only the other files of the
round contradict it.
"""

from itertools import product

import pytest

from bpsstats.errors import InputError
from bpsstats.microdata import read_round
from bpsstats.microdata.layouts import ROLES
from in_ci import every


@pytest.mark.parametrize(("role", "rows"), every(6, product(ROLES, [1, 40])))
def test_a_file_cut_at_the_end_of_a_line_is_contradicted_by_the_others(role, rows, folder):
    folder.change(role, lambda table: table.iloc[:-rows])
    with pytest.raises(InputError):
        read_round("6471", 2022, folder.path)
    assert [
        finding for finding in folder.findings() if finding.gravity == "error" and finding.remedy
    ]
