"""``bpsstats build``: raw files to processed tables."""

import argparse
import errno
from pathlib import Path

from bpsstats.cli.shared import DONE, add_area_and_year, add_raw, new_command


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its options."""
    text = "write households and persons of a round to data/processed as Parquet"
    parser = new_command(commands, "build", run, text)
    add_area_and_year(parser)
    add_raw(parser)


def run(options: argparse.Namespace) -> int:
    """Write both tables beside the old ones, then put them in their place."""
    import tempfile

    import duckdb

    from bpsstats.microdata import read_round
    from bpsstats.paths import processed_dir

    round_ = read_round(options.area, options.year, options.raw)
    folder = processed_dir()
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".writing-") as beside:
        names = []
        for kind in ("households", "persons"):
            frame = getattr(round_, kind)
            plain = frame.astype(dict.fromkeys(frame.select_dtypes("category"), "str"))
            name = f"{round_.area.code}-{round_.year}-{kind}.parquet"
            target = str(Path(beside) / name).replace("'", "''")
            with duckdb.connect() as connection:
                connection.register("frame", plain)
                try:
                    connection.execute(f"COPY (SELECT * FROM frame) TO '{target}' (FORMAT parquet)")
                except duckdb.IOException as error:
                    raise OSError(
                        errno.EIO, "The disk is full or may not be written to", name
                    ) from error
            names.append(name)
        for name in names:
            (Path(beside) / name).replace(folder / name)
    print(f"Written to data/processed: {', '.join(names)}")
    return DONE
