"""The synthetic nation: whole, seeded, the same area alone or with all others, and items that add
up to the rupiah.
"""

import duckdb
import pytest
import yaml

from bpsstats.errors import ParameterError
from bpsstats.microdata.layouts import load_layout
from bpsstats.synthetic.nation.draw import draw_area, national_areas
from bpsstats.synthetic.nation.write import TABLES, synthesize_nation

SEED, AREAS = 5, 3


@pytest.fixture(scope="module")
def nation(tmp_path_factory):
    return synthesize_nation(2022, SEED, tmp_path_factory.mktemp("nation"), AREAS)


def rows(folder, query):
    return duckdb.sql(
        query.format(**{t: f"read_parquet('{folder / t}/*/*.parquet')" for t in TABLES})
    ).fetchall()


def test_the_nation_has_514_areas_in_34_provinces_with_well_formed_codes():
    codes = [area.code for area in national_areas(SEED)]
    assert len(set(codes)) == 514
    assert codes == sorted(codes)
    assert len({code[:2] for code in codes}) == 34
    assert all(1 <= int(code[2:]) < 100 for code in codes)


def test_a_small_nation_holds_the_areas_of_the_large_one_unchanged():
    whole = {area.code: area for area in national_areas(SEED)}
    assert all(whole[area.code] == area for area in national_areas(SEED, AREAS))
    area, layout = national_areas(SEED, 1)[0], load_layout(2022)
    for one, other in zip(
        draw_area(area, layout, SEED).values(), draw_area(area, layout, SEED).values(), strict=True
    ):
        assert one.equals(other)


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(nation, tmp_path):
    again = synthesize_nation(2022, SEED, tmp_path / "again", AREAS)
    other = synthesize_nation(2022, SEED + 1, tmp_path / "other", AREAS)
    files = sorted(path.relative_to(nation) for path in nation.rglob("*") if path.is_file())
    assert len(files) == 2 + AREAS * len(TABLES)
    assert all((nation / f).read_bytes() == (again / f).read_bytes() for f in files)
    tables = [f for f in files if f.parts[0] in TABLES]
    assert not any((nation / f).read_bytes() == (other / f).read_bytes() for f in tables)


def test_the_items_of_a_household_add_up_to_its_spending(nation):
    [(households, off)] = rows(
        nation,
        """SELECT COUNT(*), MAX(ABS(food_month - f.value * 30 / 7) + ABS(nonfood_month - n.month -
        n.year / 12)) FROM {households} h
        JOIN (SELECT URUT, SUM(B41K10) AS value FROM {items41} WHERE KLP <> 0 GROUP BY URUT) f ON
        f.URUT = h.household JOIN (SELECT URUT, SUM(B42K4) AS month, SUM(B42K5) AS year FROM
        {items42} WHERE KLP <> 0 GROUP BY URUT) n
          ON n.URUT = h.household""",
    )
    assert households == rows(nation, "SELECT COUNT(*) FROM {households}")[0][0]
    assert off < 1e-6


def test_subtotals_repeat_the_sum_of_their_group(nation):
    [(wrong,)] = rows(
        nation,
        """SELECT COUNT(*) FROM (
            SELECT SUM(B41K10) FILTER (WHERE KLP <> 0) AS items, SUM(B41K10) FILTER (WHERE KLP = 0)
            AS headers FROM {items41} GROUP BY URUT, CASE KLP WHEN 0 THEN KODE ELSE KLP END)
        WHERE items IS DISTINCT FROM headers""",
    )
    assert wrong == 0


def test_persons_and_weights_agree_with_the_households(nation):
    [(persons, members, weights, head)] = rows(
        nation,
        """SELECT (SELECT COUNT(*) FROM {persons}), SUM(size), MAX(ABS(weight_person - weight_hh *
        size)), COUNT(*) FILTER (WHERE head_age < 15) FROM {households}""",
    )
    assert persons == members
    assert weights < 1e-6
    assert head == 0


def test_no_stratum_has_a_single_block(nation):
    assert (
        rows(
            nation,
            "SELECT MIN(n) FROM (SELECT COUNT(DISTINCT psu) AS n FROM {households} GROUP BY"
            " stratum)",
        )[0][0]
        > 1
    )


def test_the_sidecar_says_that_all_is_invented(nation):
    sidecar = yaml.safe_load((nation / "source.yaml").read_text("utf8"))
    assert sidecar["kind"] == "synthetic"
    assert len(sidecar["areas"]) == AREAS
    assert sidecar["rows"]["households"] == rows(nation, "SELECT COUNT(*) FROM {households}")[0][0]
    assert set(yaml.safe_load((nation / "poverty_lines.yaml").read_text("utf8"))["lines"]) == set(
        sidecar["areas"]
    )


def test_a_nation_is_never_written_over_another(nation):
    with pytest.raises(ParameterError, match="there already"):
        synthesize_nation(2022, SEED, nation.parent, AREAS)
    with pytest.raises(ParameterError, match="1 to 514"):
        national_areas(SEED, 515)
