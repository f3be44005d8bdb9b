"""The documentation site: `make docs` builds it, offline, from these pages, the docstrings and the
notebooks with their stored outputs.
"""

import shutil
import sys
from importlib.metadata import version as installed
from pathlib import Path

from docutils.nodes import SkipNode
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.errors import ExtensionError

DOCS = Path(__file__).parent
sys.path.insert(0, str(DOCS))

from offline import requests_under  # noqa: E402 - lies beside this file
from reference import write_pages  # noqa: E402 - lies beside this file

project = "bpsstats"
author = "the authors of bpsstats"
release = version = installed("bpsstats")
extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.napoleon",
]
templates_path = ["_templates"]
exclude_patterns = ["_build", "_templates"]

html_theme = "furo"
html_math_renderer = "mathml"
html_title = "bpsstats"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_show_copyright = False
html_copy_source = False

# The notebooks are shown as they are stored; nbval holds what is stored.
nb_execution_mode = "off"
nb_merge_streams = True
myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3

autodoc_typehints = "none"  # the docstrings say the types, with shapes and units
autodoc_member_order = "bysource"
autosummary_generate = True
napoleon_use_param = napoleon_use_rtype = False
napoleon_preprocess_types = False
default_role = "code"  # names in docstrings are code; links are written where they help
nitpicky = True
# Napoleon takes what stands before a colon in the docstring of a property for its type.
nitpick_ignore_regex = [("py:class", r"[A-Za-z-]+( [\w ]+)?")]
suppress_warnings = ["myst.header"]  # tables that are made stand under a title of their own

# What the site shows from elsewhere in the repository is copied here first; Git ignores the copies.
shutil.copytree(DOCS.parent / "notebooks", DOCS / "notebooks", dirs_exist_ok=True,
                ignore=shutil.ignore_patterns(".*", "explore"))  # fmt: skip
write_pages(DOCS)


def setup(app):
    """Formulas as MathML, which browsers show without a script and without asking another host; TeX
    that cannot be turned into it stops the build, as does a page that asks another host.
    """
    app.add_html_math_renderer("mathml", (_formula, None), (_formula, None))
    app.connect("build-finished", _refuse_requests)


def _formula(writer, node):
    writer.body.append(tex2mathml(node.astext(), as_block=node.tagname == "math_block"))
    raise SkipNode


def _refuse_requests(app, error):
    found = [] if error else list(requests_under(Path(app.outdir)))
    if found:
        raise ExtensionError("\n".join(found))
