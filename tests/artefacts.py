"""All that a release hands out, taken apart as an outsider would: texts and metadata of every file,
and the data that can be read back from the coordinates of a drawing.
"""

import base64
import json
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree

import nbformat
import numpy as np

NUMBER = re.compile(r"(?<![\w.#])\d[\d,]*(?:\.\d+)?(?![\w])")
COORDINATE = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")
SVG = "{http://www.w3.org/2000/svg}"
DRAWN = re.compile(r"<svg.*?</svg>", re.DOTALL)
NAMES = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
NOT_TOLD = ("IHDR", "IDAT", "PLTE", "IEND")  # chunks of a PNG that hold the picture itself


def pieces(folder: Path) -> Iterator[tuple[str, str]]:
    """Every part of every file of a release, by name: also those that nobody sees."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        held = path.read_bytes()
        readers: dict[str, Callable[[bytes], Iterator[tuple[str, str]]]] = {
            ".xlsx": lambda _, path=path: _zipped(path), ".pdf": _streams, ".png": _chunks,
            ".ipynb": _cells,
        }  # fmt: skip
        if path.suffix in readers:
            for name, text in readers[path.suffix](held):
                yield f"{path.name}!{name}", text
        else:
            yield path.name, held.decode("utf8")


def _zipped(path: Path) -> Iterator[tuple[str, str]]:
    with zipfile.ZipFile(path) as book:
        yield from ((name, book.read(name).decode("utf8")) for name in book.namelist())


def _streams(held: bytes) -> Iterator[tuple[str, str]]:
    """Of a PDF: what is between the streams, where its metadata are, and the streams unpacked."""
    yield (
        "between",
        re.sub(rb"stream\r?\n.*?endstream", b"", held, flags=re.DOTALL).decode("latin-1"),
    )
    for number, found in enumerate(re.finditer(rb"stream\r?\n", held)):
        try:
            unpacked = zlib.decompressobj().decompress(held[found.end() :])
        except zlib.error:
            continue
        yield str(number), unpacked.decode("latin-1")


def _chunks(held: bytes) -> Iterator[tuple[str, str]]:
    """Of a PNG: the chunks that tell of it."""
    at = 8
    while at < len(held):
        size, kind = int.from_bytes(held[at : at + 4], "big"), held[at + 4 : at + 8].decode()
        if kind not in NOT_TOLD:
            yield kind, held[at + 8 : at + 8 + size].decode("latin-1")
        at += size + 12


def _cells(held: bytes) -> Iterator[tuple[str, str]]:
    """Of a notebook: sources, outputs of every kind and all metadata."""
    notebook = nbformat.reads(held.decode("utf8"), as_version=4)
    yield "metadata", json.dumps(notebook.metadata)
    for number, cell in enumerate(notebook.cells):
        yield f"{number} metadata", json.dumps(cell.metadata)
        yield f"{number} source", cell.source
        for output in cell.get("outputs", ()):
            yield f"{number} told", json.dumps([output.get("metadata", {}), output.get("text", "")])
            for kind, data in output.get("data", {}).items():
                if kind == "image/png":
                    yield from _chunks(base64.b64decode(data))
                else:
                    yield f"{number} {kind}", data if isinstance(data, str) else json.dumps(data)


def numbers(text: str) -> set[str]:
    """The numbers of a text as they are written, without marks of thousands."""
    return {found.replace(",", "") for found in NUMBER.findall(text)}


def digits(number: str) -> int:
    """Digits of a written number by which it is told from others."""
    return len(number.replace(".", "").lstrip("0"))


def drawings(text: str) -> list[str]:
    """The drawings of a text."""
    return DRAWN.findall(text)


def without_drawings(text: str) -> str:
    """A text without its drawings."""
    return DRAWN.sub("", text)


def read_back(svg: str) -> Iterator[float]:
    """The data that the coordinates of a drawing stand for, by the ticks of its axes."""
    named = svg if 'xmlns="' in svg else svg.replace("<svg ", f"<svg {NAMES} ", 1)
    builder = ElementTree.TreeBuilder(insert_comments=True)
    root = ElementTree.fromstring(named, ElementTree.XMLParser(target=builder))
    for axes in root.iter(f"{SVG}g"):
        if re.fullmatch(r"axes_\d+", axes.get("id", "")):
            scales = [_scale(axes, name) for name in "xy"]
            for element in axes.iter():
                for point in _points(element):
                    for scale, place in zip(scales, point, strict=True):
                        if scale is not None:
                            yield scale(place)


def _points(element: ElementTree.Element) -> list[tuple[float, float]]:
    """Where a path or a mark of a drawing is; the shapes of letters are nowhere."""
    if element.tag == f"{SVG}use" and element.get("x"):
        return [(float(element.get("x", "")), float(element.get("y", "")))]
    if element.tag != f"{SVG}path" or element.get("id", "").startswith("DejaVu"):
        return []
    held = [float(each) for each in COORDINATE.findall(element.get("d", ""))]
    return list(zip(held[::2], held[1::2], strict=False))


def _scale(axes: ElementTree.Element, name: str) -> Callable[[float], float] | None:
    """What a place along an axis stands for, by the numbers at its ticks; None of names."""
    ticks = []
    for group in axes.iter(f"{SVG}g"):
        if not re.fullmatch(rf"{name}tick_\d+", group.get("id", "")):
            continue
        mark = group.find(f".//{SVG}use[@x]")
        said = [
            each.text for each in group.iter() if each.tag in (ElementTree.Comment, f"{SVG}text")
        ]
        text = (said[0] or "").strip().replace("−", "-").replace(",", "") if said else ""
        if mark is not None and COORDINATE.fullmatch(text):
            ticks.append((float(mark.get(name, "")), float(text)))
    if len(ticks) < 2:
        return None
    place, value = np.array(ticks).T
    for to, back in ((lambda v: v, lambda v: v), (np.log, np.exp)):
        if back is np.exp and (value <= 0).any():
            continue
        line = np.polyfit(place, to(value), 1)
        if np.allclose(np.polyval(line, place), to(value), rtol=1e-5, atol=1e-6):
            return lambda at, line=line, back=back: float(back(np.polyval(line, at)))
    return None
