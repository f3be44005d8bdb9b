"""``python -m bpsstats.reporting.refresh`` executes the notebooks and stores their outputs."""

from bpsstats.reporting.notebooks import refresh_outputs

if __name__ == "__main__":
    refresh_outputs()
