"""Secondary suppression: no cell that is withheld may be had from the sums of all tables.

Sums are linear equations in the cells. What is shown is known, so that a withheld cell can be had
if, and only if, the equations fix it: if its component is zero in every solution of the equations
of the withheld cells set to nothing. This holds across tables, in two directions and through any
chain of totals, where counting the withheld cells of each sum would not be enough.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
import scipy

# Total and parts, and where the parts are not summed as they are what each is multiplied by.
Sum = tuple[str, Sequence[str]] | tuple[str, Sequence[str], Sequence[float]]
Size = tuple[int, int]
ZERO, TOUCH = 3e-5, 1e-6  # of a pivot, and of a component of a solution


def withhold_more(
    reasons: dict[str, str], sums: Sequence[Sum], sizes: Mapping[str, Size], printed: set[str]
) -> None:
    """Withhold further cells, the smallest first, until none can be had from the others.

    What was withheld last is protected first, with what stands beside it: the column of those who
    are not poor goes with that of the poor, and the column of all stays.

    Parameters
    ----------
    reasons : dict of label to reason
        Why a cell is withheld, empty for those that are shown; more are written into it.
    sums : sequence of (total, parts) or (total, parts, coefficients)
    sizes : mapping of label to (numerator, denominator)
        Households of each cell.
    printed : set of str
        Cells that BPS has printed. They are known to everybody, and so protect nothing.
    """
    for apart in _apart(sums):
        _withhold_more(reasons, apart, sizes, printed)


def _apart(sums: Sequence[Sum]) -> Iterator[list[Sum]]:
    """The sums in groups that have no cell in common."""
    place: dict[str, int] = {}
    entries = [
        (i, place.setdefault(cell, len(place)))
        for i, (total, parts, *_) in enumerate(sums)
        for cell in (*parts, *filter(None, [total]))
    ]
    if not entries:
        return
    i, k = np.array(entries).T
    holds = scipy.sparse.csr_array((np.ones(len(i)), (i, k)), shape=(len(sums), len(place)))
    group = _components(holds @ holds.T)
    for one in np.unique(group):
        yield [each for each, of in zip(sums, group, strict=True) if of == one]


def _components(joined: "scipy.sparse.sparray") -> np.ndarray:
    """Number of the component that each node of a graph belongs to."""
    # Loaded here: it takes longer than all else that the first output of a notebook needs of scipy.
    from scipy.sparse.csgraph import connected_components

    component: np.ndarray = connected_components(joined, directed=False)[1]
    return component


def _withhold_more(
    reasons: dict[str, str], sums: Sequence[Sum], sizes: Mapping[str, Size], printed: set[str]
) -> None:
    """The same for sums that hang together."""
    around: dict[str, set[str]] = {}
    for total, parts, *_ in sums:
        for cell in (total, *parts):
            around.setdefault(cell, set()).update((total, *parts))
    hopeless: set[str] = set()
    turn = dict.fromkeys(around, 0)
    while can_be_had := [label for label in _exposed(reasons, sums) if label not in hopeless]:
        touched: set[str] = set()
        last = max(turn[label] for label in can_be_had)
        for label in [label for label in can_be_had if turn[label] == last]:
            if around[label] & touched:
                continue
            open_ = [c for c in around[label] if reasons.get(c) == "" and c not in printed]
            if open_:
                # Of cells of one size that of the narrower domain, whose name is longer.
                smallest = min(open_, key=lambda cell: (sizes[cell], -len(cell), cell))
                reasons[smallest] = f"else {label} could be had from the sums"
                turn[smallest] = 1 + last
                touched |= {smallest, label}
            else:
                # All else is printed: whoever subtracts knows the figure, whatever is done here.
                hopeless.add(label)


def _exposed(reasons: Mapping[str, str], sums: Iterable[Sum]) -> list[str]:
    """Withheld cells that follow from what is shown, in the order of the sums."""
    cells = dict.fromkeys(cell for total, parts, *_ in sums for cell in (total, *parts))
    place = {label: k for k, label in enumerate(cell for cell in cells if reasons.get(cell))}
    equations = []
    for total, parts, *given in sums:
        times = given[0] if given else [1.0] * len(parts)
        row = [(place[p], factor) for p, factor in zip(parts, times, strict=True) if p in place]
        row += [(place[total], -1.0)] if total in place else []
        if row:
            equations.append(row)
    if not equations:
        return []
    entries = [(i, k, value) for i, row in enumerate(equations) for k, value in row]
    i, k, value = (np.array(column) for column in zip(*entries, strict=True))
    matrix = scipy.sparse.csr_array((value, (i, k)), shape=(len(equations), len(place)))
    found: set[int] = set()
    component = _components(abs(matrix.T @ matrix))
    for one in np.unique(component[k]):
        columns = np.flatnonzero(component == one)
        rows = np.unique(i[component[k] == one])
        found |= {int(columns[j]) for j in _fixed(matrix[rows][:, columns].toarray())}
    labels = list(place)
    return [labels[j] for j in sorted(found)]


def _fixed(matrix: np.ndarray) -> list[int]:
    """Unknowns of a homogeneous system that are zero in all of its solutions: those whose unit
    vectors lie in the space of its rows.
    """
    rows, triangle, _ = scipy.linalg.qr(matrix.T, mode="economic", pivoting=True)
    pivots = np.abs(triangle.diagonal())
    rows = rows[:, : len(pivots)][:, pivots > ZERO * max(1.0, pivots[0])]
    return np.flatnonzero(1 - (rows**2).sum(axis=1) < TOUCH**2).tolist()
