"""What a notebook was asked for. Papermill takes any name and any value: of a name that the
notebook does not have it only warns, and goes on with the defaults.
"""

import ast
from collections.abc import Iterator, Mapping, Sequence

from bpsstats.arguments import checked
from bpsstats.errors import ParameterError
from bpsstats.microdata import find_area
from bpsstats.reporting.words.language import language
from bpsstats.survey.variance.intervals import check_level

PARAMETERS = ("area", "year", "conf_level", "lang", "lone_psu", "accept_line")
INJECTED = "# Parameters"  # how the cell begins that papermill adds


@checked
def check_notebook(names: Mapping[str, object]) -> None:
    """Refuse a parameter that the notebooks do not have, and a value that cannot be one.

    Parameters
    ----------
    names : mapping of str to object
        What the notebook holds: ``globals()``.

    Raises
    ------
    ParameterError
        If papermill was given an unknown name, a parameter has no value, or the year, the language,
        the level or the switch is none.
    UnknownAreaError
        If the area is unknown.

    Examples
    --------
    >>> area, year, conf_level, lang = "6471", 2022, 0.95, "en"
    >>> lone_psu, accept_line = "error", False
    >>> check_notebook(globals())
    """
    run = names.get("In", ())
    cells = [cell for cell in run if isinstance(cell, str)] if isinstance(run, Sequence) else []
    given = [i for i, cell in enumerate(cells) if cell.lstrip().startswith(INJECTED)]
    for i in given:
        # Some notebooks have parameters of their own in the cell before.
        known = dict.fromkeys((*PARAMETERS, *(name for cell in cells[:i] for name in _set(cell))))
        if unknown := sorted(set(_set(cells[i])) - set(known)):
            raise ParameterError(
                f"The notebook has no parameter {', '.join(map(repr, unknown))}. It has:"
                f" {', '.join(known)}."
            )
    missing = [name for name in PARAMETERS if name not in names]
    if missing:
        raise ParameterError(
            f"The notebook gives {', '.join(missing)} no value. Run its cell of parameters first."
        )
    year = names["year"]
    if not isinstance(year, int) or isinstance(year, bool):
        raise ParameterError(
            f"The year is {year!r}; it is a whole number such as 2022, without quotation marks (of"
            " papermill: -p year 2022, not -r)."
        )
    if not isinstance(names["accept_line"], bool):
        raise ParameterError(f"accept_line is {names['accept_line']!r}; it is True or False.")
    check_level(names["conf_level"])  # type: ignore[arg-type]  # refuses what is no number
    language(str(names["lang"]))
    find_area(names["area"])  # type: ignore[arg-type]  # refuses what is neither text nor number


def _set(cell: str) -> Iterator[str]:
    """Names that a cell gives values."""
    for node in ast.walk(ast.parse(cell)):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
