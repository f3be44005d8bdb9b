"""Data of the benchmarks: a synthetic nation, and the tables of its first areas."""

from pathlib import Path

import duckdb

PERSONS = "household, area, psu, stratum, weight_person, expenditure_person_month, adult, education"
HOUSEHOLDS = (
    "household, area, psu, stratum, weight_person, expenditure_person_month, head_education, size,"
    " head_sex, head_work, urban, dependency, head_age"
)
LINE = 500_000.0
# The model's outcome is spending less than this, so that a city too has enough of them for eight
# covariates.
MODEL_LINE = 1_000_000.0


def write_tables(nation: Path, folder: Path, areas: int) -> None:
    """Persons and households of the first areas, and the households of a round before: other
    blocks, other spending.
    """
    folder.mkdir(parents=True)
    (folder / "nation").symlink_to(nation.resolve())
    with duckdb.connect() as connection:
        for table, columns in (("persons", PERSONS), ("households", HOUSEHOLDS)):
            source = f"read_parquet('{nation}/{table}/*/*.parquet')"
            first = f"SELECT DISTINCT area FROM {source} ORDER BY area LIMIT {areas}"
            connection.execute(
                f"COPY (SELECT {columns} FROM {source} WHERE area IN ({first}) ORDER BY household) "
                f"TO '{folder}/{table}.parquet' (FORMAT parquet)"
            )
        changed = (
            "psu + 50000 AS psu, round(expenditure_person_month * 0.98, 2) AS"
            " expenditure_person_month"
        )
        connection.execute(
            f"COPY (SELECT * REPLACE ({changed}) FROM '{folder}/households.parquet') TO"
            f" '{folder}/before.parquet' (FORMAT parquet)"
        )
