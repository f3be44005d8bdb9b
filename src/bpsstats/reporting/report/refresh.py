"""``python -m bpsstats.reporting.report.refresh [NUMBER...]`` executes the notebooks, or those of
the numbers, and stores their outputs.
"""

import sys

from bpsstats.reporting.report.notebooks import refresh_outputs

if __name__ == "__main__":
    refresh_outputs(sys.argv[1:])
