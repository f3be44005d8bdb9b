"""Cells of a notebook that need data which are not on file: each is left out with a sentence, and
so is what needs its result, so that the notebook comes to its end.
"""

import ast
from collections.abc import Iterator
from types import TracebackType
from typing import Any

from bpsstats.errors import AbsentError
from bpsstats.reporting.display import Prose

FOLLOWS = "It follows from what is left out above."
# Names that cells which were left out would have set.
_LEFT_OUT: set[str] = set()


def leave_out_absent() -> None:
    """From here on, let a cell that meets an `AbsentError` show its sentence and count as run; do
    nothing outside a notebook.
    """
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    if shell is not None:
        _LEFT_OUT.clear()
        shell.set_custom_exc((AbsentError, NameError), _show)  # type: ignore[no-untyped-call]  # IPython is not typed
        shell.events.register("post_run_cell", _count_as_run)


def names_set(cell: str) -> Iterator[str]:
    """Names that a cell gives values."""
    for node in ast.walk(ast.parse(cell)):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def _sentence(error: object) -> str:
    """Why a cell is left out; empty where it is not, and the error is one."""
    if isinstance(error, NameError) and error.name in _LEFT_OUT:
        error = AbsentError(FOLLOWS)
    return error.sentence if isinstance(error, AbsentError) else ""


def _show(
    shell: Any, kind: type, error: Exception, trace: TracebackType, tb_offset: int | None = None
) -> None:
    """The sentence in place of what the cell would have shown, or the error as it is."""
    from IPython.display import display

    if sentence := _sentence(error):
        if isinstance(error, AbsentError):  # IPython asks for its traceback once more, to keep it
            error.is_folded = True
        display(Prose(sentence))  # type: ignore[no-untyped-call]  # IPython is not typed
    else:
        shell.showtraceback((kind, error, trace), tb_offset=tb_offset)


def _count_as_run(done: Any) -> None:
    """Forget the error of a cell that was left out, and what an earlier run of it had set."""
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    if shell is None or not _sentence(done.error_in_exec):
        return
    for name in names_set(done.info.raw_cell):
        _LEFT_OUT.add(name)
        shell.user_ns.pop(name, None)
    done.error_in_exec = None
