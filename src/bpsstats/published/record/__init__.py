"""What the printed figures alone say: coherence, steadiness, sums and bounds. No microdata."""

from bpsstats.published.record.bounds import Bound, Bounds, bounds
from bpsstats.published.record.depth import Depth, Movement
from bpsstats.published.record.finding import Finding, Findings
from bpsstats.published.record.interval import Interval
from bpsstats.published.record.printed_record import PrintedRecord, printed_record
from bpsstats.published.record.province import Additivity
from bpsstats.published.record.ranks import Rank, Ranks
from bpsstats.published.record.steadiness import Steadiness, Steady, steadiness

__all__ = [
    "Additivity", "Bound", "Bounds", "Depth", "Finding", "Findings", "Interval", "Movement",
    "PrintedRecord", "Rank",
    "Ranks", "Steadiness", "Steady", "bounds", "printed_record", "steadiness",
]  # fmt: skip
