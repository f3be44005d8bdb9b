"""Settings of `make lab`."""

import os

c = get_config()  # noqa: F821 - Jupyter gives it
# A container has no other user than root, whom Jupyter refuses unless told.
c.ServerApp.allow_root = hasattr(os, "geteuid") and os.geteuid() == 0
