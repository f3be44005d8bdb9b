"""Small files of facts: what does not fit is an error with file and line, in every one of them."""

import shutil

import pytest

from bpsstats.errors import BpsStatsError, InputError, PublishedError
from bpsstats.microdata.described import read_described
from bpsstats.microdata.lists import areas, basket, facts
from bpsstats.microdata.provenance import SHAPE as OF_SOURCE
from bpsstats.paths import published_file
from bpsstats.poverty.changes import rebase
from bpsstats.poverty.lines import factors
from bpsstats.published import published

LINE = '"6471": {2022: {value: 680499, source: BPS}}'
BASIS = 'populations: {"6471": {2022: {census: {margins: {population: 7}, source: BPS}}}}'
WRONG = {
    "a line without a source": (
        facts.SHAPE_OF_LINES, 'lines:\n  "6471":\n    2022: {value: 680499}', 3, "no source"),
    "a line that is a bare number": (
        facts.SHAPE_OF_LINES, 'lines:\n  "6471":\n    2022: 680499', 3, "no list of entries"),
    "a line that is no number": (
        facts.SHAPE_OF_LINES, f"lines:\n  {LINE.replace('680499', '.nan')}", 2, "positive number"),
    "an infinite line": (
        facts.SHAPE_OF_LINES, f"lines:\n  {LINE.replace('680499', '.inf')}", 2, "positive number"),
    "an unknown key of a line": (
        facts.SHAPE_OF_LINES, f"lines:\n  {LINE.replace('source', 'sauce')}", 2, "no key 'sauce'"),
    "inflation that is text": (
        facts.SHAPE_OF_INFLATION,
        'inflation:\n  "6471": {2022: {value: "2,86", source: BPS}}', 2, "not a number"),
    "a factor without a value": (
        factors.SHAPE, 'factors:\n  "6471":\n    2022:\n      source: BPS', 4, "no value"),
    "a factor of infinity": (
        factors.SHAPE, 'factors: {"6471": {2022: {value: .inf, source: x}}}', 1, "factor between"),
    "an area that is a bare name": (areas.SHAPE, '"9201": Kota Contoh', 1, "no list of entries"),
    "an area without a name": (areas.SHAPE, '"9201": {kemendagri: "92.01"}', 1, "has no name"),
    "a basis without a source": (
        rebase.SHAPE, BASIS.replace(", source: BPS", ""), 1, "entry of census has no source"),
    "a basis whose totals are a list": (
        rebase.SHAPE, BASIS.replace("{population: 7}", "[7]"), 1, "no list of entries"),
    "a population of nan": (rebase.SHAPE, BASIS.replace("7}", ".nan}"), 1, "number of persons"),
    "an unknown key of populations": (
        rebase.SHAPE, BASIS.replace("margins", "margin"), 1, "no key 'margin'"),
    "an empty file of populations": (rebase.SHAPE, "# nothing", 1, "The file has no populations"),
    "targets that are a list": (OF_SOURCE, "kind: synthetic\ntargets: [1, 2]", 2, "targets is no"),
    "a target of infinity": (OF_SOURCE, "targets: {headcount: .inf}", 1, "not a number"),
    "a day that no month has": (OF_SOURCE, "kind: synthetic\nyear: 2022-13-45", 2, "a year"),
    "a key that is a list": (OF_SOURCE, "? [a, b]\n: 1", 1, "no key"),
}  # fmt: skip


@pytest.mark.parametrize(("shape", "text", "line", "said"), WRONG.values(), ids=WRONG.keys())
def test_what_does_not_fit_is_told_with_its_line(shape, text, line, said, tmp_path):
    path = tmp_path / "facts.yaml"
    path.write_text(text, encoding="utf8")
    with pytest.raises(InputError) as told:
        read_described(path, shape)
    assert said in told.value.what
    assert told.value.file == f"facts.yaml, line {line}"
    assert told.value.remedy.endswith(".")


OF_BASKET = {
    "a parameter of nan": ("value: 2100", "value: .nan", "value is not a positive number"),
    "a share in percent": ("value: 0.20", "value: 20", "value is not a share"),
    "a parameter without a source": ("source: \"as in BPS's", "note: \"as in BPS's", "no key"),
    "codes that are a bare number": ("codes: [2]}", "codes: 2}", "codes is no list"),
    "a code that is text": ("codes: [2]}", 'codes: ["2"]}', "codes is not a whole number"),
    "a commodity without a name": ('{en: "Rice", ', "{", "has no en"),
    "a commodity without a rural part": (
        "codes: [309], urban: 0.35, rural: 0.35", "codes: [309], urban: 0.35", "has no rural"),
    "an unknown key": ("days_per_month:", "days_in_month:", "no key 'days_in_month'"),
}  # fmt: skip


@pytest.mark.parametrize(("right", "wrong", "said"), OF_BASKET.values(), ids=OF_BASKET.keys())
def test_a_basket_that_does_not_fit_is_told_with_its_line(right, wrong, said, tmp_path):
    shipped = basket.BASKET.read_text("utf8")
    assert right in shipped
    path = tmp_path / "basket.yaml"
    path.write_text(shipped.replace(right, wrong, 1), encoding="utf8")
    with pytest.raises(InputError) as told:
        read_described(path, basket.SHAPE)
    assert said in told.value.what
    line = 1 + shipped[: shipped.index(right)].count("\n")
    assert told.value.file == f"basket.yaml, line {line}"


def test_populations_that_were_changed_are_read_again(tmp_path):
    path = tmp_path / "populations.yaml"
    for persons in (7.0, 8.0):
        path.write_text(BASIS.replace("population: 7", f"population: {persons}"))
        base = rebase.population_base("6471", 2022, "census", file=path)
        assert base.margins == {"population": persons}


PRINTED = ["NaN", "Infinity", "-Infinity", "sNaN", "1e5", "1_000", "", "٣", "0x10", " 2.45"]


@pytest.mark.parametrize("printed", PRINTED)
def test_a_printed_figure_is_a_number_with_a_decimal_point(printed, tmp_path):
    heading, row = published_file().read_text("utf8").splitlines()[:2]
    cells = row.split(",")
    cells[heading.split(",").index("printed")] = printed
    path = tmp_path / "figures.csv"
    path.write_text("\n".join([heading, ",".join(cells)]), encoding="utf8")
    with pytest.raises(PublishedError, match=r"Row 1 of file figures\.csv .* a number"):
        published("6471", 2022, file=path)


TABLES = {
    "one cell more": lambda text: text + ",more",
    "one cell less": lambda text: text.rpartition(",")[0],
    "an unknown column": lambda text: text.replace("url", "link", 1),
    "a column twice": lambda text: text.replace("url", "note", 1),
    "semicolons": lambda text: text.replace(",", ";"),
    "nothing": lambda _: "",
    "an open quotation mark": lambda text: text.rpartition(",")[0] + ',"open',
    "no text": lambda _: b"\xff\xfe\x00\x01\xff".decode("latin1"),
}


@pytest.mark.parametrize("change", TABLES.values(), ids=TABLES.keys())
def test_a_table_of_printed_figures_that_is_none_is_one_paragraph(change, tmp_path):
    text = "\n".join(published_file().read_text("utf8").splitlines()[:2])
    path = tmp_path / "figures.csv"
    path.write_text(change(text), encoding="latin1")
    with pytest.raises(PublishedError, match=r"figures\.csv"):
        published("6471", 2022, file=path)


def test_a_folder_in_place_of_a_file_is_one_paragraph(tmp_path):
    (tmp_path / "published.csv").mkdir()
    with pytest.raises(BpsStatsError, match="missing"):
        published("6471", 2022, file=tmp_path / "published.csv")
    with pytest.raises(InputError, match="cannot be read"):
        read_described(tmp_path / "published.csv", areas.SHAPE)


def test_the_shipped_files_of_printed_figures_and_facts_are_read(tmp_path):
    shutil.copy(published_file(), tmp_path / "copy.csv")
    ours = published("6471", 2022)
    assert published("6471", 2022, file=tmp_path / "copy.csv").to_frame().equals(ours.to_frame())
