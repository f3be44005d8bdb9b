"""A table of estimates as Arrow, with all that it knows: for polars, DuckDB, R and files of
Parquet.
"""

import json
from importlib import import_module
from typing import TYPE_CHECKING, Any

from bpsstats.errors import ParameterError

if TYPE_CHECKING:
    from bpsstats.survey.results.tables import Estimates

METADATA = "bpsstats"  # key of the metadata of the schema


def to_arrow(table: "Estimates") -> Any:
    """Columns of `Estimates.to_frame`, and kind, source and level of each row, so that readers
    which drop the metadata of a schema lose nothing; the heading is in the metadata.

    Raises
    ------
    ParameterError
        If there is no pyarrow.
    """
    try:
        arrow = import_module("pyarrow")
    except ImportError:
        raise ParameterError(
            "Arrow is written by pyarrow, which is not installed. Install it (pip install"
            " pyarrow), or use to_frame()."
        ) from None
    frame = table.to_frame().assign(
        kind=[row.kind for row in table],
        source=[row.source for row in table],
        level=[row.level for row in table],
    )
    made = arrow.Table.from_pandas(frame, preserve_index=False)
    told = json.dumps({"heading": table.heading, "level": table.level}, ensure_ascii=False)
    return made.replace_schema_metadata({**(made.schema.metadata or {}), METADATA: told})
