"""Documents in YAML, in which stands what is not code."""

from pathlib import Path
from typing import Any

import yaml

# The readers written in C, where they are there, take a tenth of the time.
LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
TEXT_LOADER: type[yaml.BaseLoader] = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


def declared(beside: str | Path, name: str, *, as_text: bool = False) -> dict[Any, Any]:
    """What a document declares.

    Parameters
    ----------
    beside : str or path
        The ``__file__`` of a module, or a folder, that the document lies beside.
    name : str
        The document's own, with the folder that it may lie in.
    as_text : bool
        Whether all of it is text, "yes" and "2022" too.

    Examples
    --------
    >>> from bpsstats import disclosure
    >>> sorted(declared(disclosure.__file__, "policy.yaml"))[0]
    'audiences'
    """
    text = (Path(beside).parent / name).read_text("utf8")
    document: dict[Any, Any] = yaml.load(text, Loader=TEXT_LOADER if as_text else LOADER)
    return document
