"""Papermill's engine for a process that was made for one notebook: the cells run in that process
itself, so that nothing is imported again and no kernel can be lost on the way.
"""

import os
import tempfile
from typing import Any

from ipykernel.inprocess.manager import InProcessKernelManager
from nbformat import NotebookNode
from nbformat.v4 import output_from_msg
from papermill.engines import Engine, NotebookExecutionManager
from traitlets.config import Config

ENGINE = "own-process"
SHOWN = ("execute_result", "display_data", "stream", "error")
# Nothing of what was run before is kept on the disk.
SETTINGS = Config({"HistoryManager": {"enabled": False}})
REPLY_SECONDS = 10  # the answer is there when the cell is done


class OwnProcess(Engine):  # type: ignore[misc]  # papermill is not typed
    """Run the cells of a notebook in this process, by Jupyter's messages and IPython's shell."""

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: NotebookExecutionManager, kernel_name: str, **_: Any
    ) -> None:
        """Run the cells in order; the first that fails is the last. There is no other kernel than
        this process.
        """
        del kernel_name
        os.environ["IPYTHONDIR"] = tempfile.mkdtemp(prefix="ipython-")
        manager = InProcessKernelManager(config=SETTINGS)
        manager.start_kernel()
        client = manager.client()
        client.start_channels()
        for index, cell in enumerate(nb_man.nb.cells):
            nb_man.cell_start(cell, index)
            if cell.cell_type == "code" and cell.source.strip() and not _runs(client, cell):
                nb_man.cell_exception(cell, index)
                return
            nb_man.cell_complete(cell, index)


def _runs(client: Any, cell: NotebookNode) -> bool:
    """Run a cell and keep what it shows; whether it came to its end."""
    client.execute(cell.source)
    reply = client.get_shell_msg(timeout=REPLY_SECONDS)["content"]
    while client.iopub_channel.msg_ready():
        message = client.get_iopub_msg(timeout=REPLY_SECONDS)
        if message["msg_type"] in SHOWN:
            cell.outputs.append(output_from_msg(message))
    cell.execution_count = reply["execution_count"]
    return bool(reply["status"] == "ok")
