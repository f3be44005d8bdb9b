"""``bpsstats build`` and ``bpsstats clean``: fill and empty the store of processed rounds."""

import argparse

from bpsstats.cli.shared import (
    DONE,
    add_area_and_year,
    add_lang,
    add_raw,
    new_command,
    translate,
)
from bpsstats.errors import OutputError

LANGUAGE = "language of what is said (default: %(default)s)"


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add both commands and their options."""
    text = "read, check and store a round, so that all else starts from the processed tables"
    parser = new_command(commands, "build", run, text)
    add_area_and_year(parser, factor=False)
    add_raw(parser)
    add_lang(parser, LANGUAGE)
    text = "remove the processed rounds from the store; raw files stay as they are"
    parser = new_command(commands, "clean", clean, text)
    add_raw(parser)
    add_lang(parser, LANGUAGE)


def run(options: argparse.Namespace) -> int:
    """Store a round and its items, and say where they are."""
    from bpsstats.microdata import Round, read_items, read_round
    from bpsstats.microdata.read import is_processed
    from bpsstats.paths import store_dir, uses_store

    round_: Round = read_round(options.area, options.year, options.raw)
    items = {file.role for file in round_.provenance.files} >= {"blok41", "blok42"}
    if items:
        read_items(options.area, options.year, options.raw)
    names = "households, persons" + (", items" if items else "")
    print(translate(f"{round_.area.name}, {round_.period}: {names}.", options.lang))
    if not uses_store():
        return DONE
    if not is_processed(options.area, options.year, options.raw):
        raise OutputError(
            f"The processed round could not be stored in folder {store_dir(options.raw).name}: the"
            " disk is full, or the folder may not be written to. Nothing was replaced. Make room,"
            " or use --no-store, which reads the raw files each time."
        )
    print(translate(f"Processed rounds are in {store_dir(options.raw)}.", options.lang))
    return DONE


def clean(options: argparse.Namespace) -> int:
    """Empty the store and say what was removed."""
    from bpsstats.microdata.store import clean_store

    removed = clean_store(options.raw)
    said = f"Removed from the store: {', '.join(removed)}." if removed else "The store is empty."
    print(translate(said, options.lang))
    return DONE
