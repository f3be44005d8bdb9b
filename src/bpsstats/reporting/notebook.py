"""What a notebook was asked for. Papermill takes any name and any value: of a name that the
notebook does not have it only warns, and goes on with the defaults.
"""

from collections.abc import Mapping, Sequence

from bpsstats.arguments import checked
from bpsstats.errors import ParameterError, say_errors_by
from bpsstats.microdata import find_area
from bpsstats.reporting.left_out import leave_out_absent, names_set
from bpsstats.reporting.prose import show_prose
from bpsstats.reporting.words.language import LANGUAGES, language
from bpsstats.survey.variance.intervals import check_level

EVERYWHERE = ("conf_level", "lang")  # parameters of every notebook
INJECTED = "# Parameters"  # how the cell begins that papermill adds


@checked
def check_notebook(names: Mapping[str, object], prose: str = "") -> None:
    """Refuse a parameter that the notebook does not have, and a value that cannot be one.

    Cells below it that need data which are not on file are left out, each with a sentence.

    Parameters
    ----------
    names : mapping of str to object
        What the notebook holds: ``globals()``.
    prose : str, optional
        Name of the notebook, where its Markdown is in English: in another language each output
        begins with what the Markdown above it says, translated.

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
    >>> check_notebook(globals())
    """
    if names.get("lang") in LANGUAGES:
        say_errors_by(language(str(names["lang"])).translated)
    run = names.get("In", ())
    cells = [cell for cell in run if isinstance(cell, str)] if isinstance(run, Sequence) else []
    for i, cell in enumerate(cells):
        if cell.lstrip().startswith(INJECTED):
            known = dict.fromkeys(name for before in cells[:i] for name in names_set(before))
            if unknown := sorted(set(names_set(cell)) - set(known)):
                raise ParameterError(
                    f"The notebook has no parameter {', '.join(map(repr, unknown))}. It has:"
                    f" {', '.join(known)}."
                )
    missing = [name for name in EVERYWHERE if name not in names]
    if missing:
        raise ParameterError(
            f"The notebook gives {', '.join(missing)} no value. Run its cell of parameters first."
        )
    year = names.get("year", 0)
    if not isinstance(year, int) or isinstance(year, bool):
        raise ParameterError(
            f"The year is {year!r}; it is a whole number such as 2022, without quotation marks (of"
            " papermill: -p year 2022, not -r)."
        )
    accept = names.get("accept_line", False)
    if not isinstance(accept, bool):
        raise ParameterError(f"accept_line is {accept!r}; it is True or False.")
    check_level(names["conf_level"])  # type: ignore[arg-type]  # refuses what is no number
    lang, area = language(str(names["lang"])).code, ""
    if "area" in names:
        area = find_area(names["area"]).code  # type: ignore[arg-type]  # refuses what is no area
    leave_out_absent()
    if prose:
        command = f"bpsstats report --area {area} --year {year} --lang {lang}"
        show_prose(prose, lang, command)
