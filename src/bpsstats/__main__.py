"""`python -m bpsstats` is the `bpsstats` command."""

import sys

from bpsstats.cli import main

if __name__ == "__main__":
    sys.exit(main())
