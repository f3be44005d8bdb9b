"""``python -m bpsstats.reporting.report.refresh [NUMBER...]`` executes the notebooks, or those of
the numbers, and stores their outputs. The cells of the annual report are made anew
from its sections.
"""

import sys

import nbformat

from bpsstats.reporting.report.cells import with_sections
from bpsstats.reporting.report.notebooks import PAGE, notebook_path, refresh_outputs

if __name__ == "__main__":
    page = notebook_path(PAGE)
    nbformat.write(with_sections(nbformat.read(page, as_version=4)), page)
    refresh_outputs(sys.argv[1:])
