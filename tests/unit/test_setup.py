"""The three lists of dependencies say the same, and the lock can be installed anywhere."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).parents[2]
# Packages that conda-forge knows under another name.
CONDA_NAMES = {
    "dask": "dask-core",
    "duckdb": "python-duckdb",
    "jupyter-core": "jupyter_core",
    "matplotlib": "matplotlib-base",
    "nbconvert": "nbconvert-core",
    "seaborn": "seaborn-base",
}
MUST_BE_THERE = {"jupyterlab", "pandas", "numpy", "statsmodels", "seaborn", "papermill", "nbval"}


def project() -> dict[str, object]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf8"))


def wanted() -> dict[str, SpecifierSet]:
    """Ranges of pyproject.toml: what runs, builds and tests (style tools are for the CI only)."""
    document = project()
    texts = [*document["project"]["dependencies"], *document["dependency-groups"]["build"]]
    texts += document["dependency-groups"]["test"]
    for extra in document["project"]["optional-dependencies"].values():
        texts += extra
    return {(r := Requirement(text)).name: r.specifier for text in texts}


def conda() -> dict[str, SpecifierSet]:
    document = yaml.safe_load((ROOT / "environment.yml").read_text("utf8"))
    lines = [line for line in document["dependencies"] if isinstance(line, str)]
    lines += next(line["pip"] for line in document["dependencies"] if isinstance(line, dict))
    return {(r := Requirement(line)).name: r.specifier for line in lines}


def locked() -> dict[str, list[str]]:
    versions: dict[str, list[str]] = {}
    for name, version in re.findall(
        r"^([a-z0-9._-]+)==([^\s;\\]+)", (ROOT / "requirements.lock").read_text("utf8"), re.M
    ):
        versions.setdefault(name, []).append(version)
    return versions


def test_conda_and_pip_users_get_the_same_packages_and_ranges():
    expected = {CONDA_NAMES.get(name, name): specifier for name, specifier in wanted().items()}
    assert {
        name: spec for name, spec in conda().items() if name not in ("python", "pip")
    } == expected


def test_both_ask_for_the_same_python():
    assert conda()["python"] == SpecifierSet(project()["project"]["requires-python"])


@pytest.mark.parametrize("name", sorted(wanted()))
def test_every_locked_version_lies_in_its_range(name):
    versions = locked()[name]
    assert versions
    assert all(wanted()[name].contains(version) for version in versions)


def test_the_packages_that_the_users_count_on_are_there():
    assert set(wanted()) >= MUST_BE_THERE


def test_the_lock_has_a_hash_for_every_package_and_names_no_address():
    text = (ROOT / "requirements.lock").read_text("utf8")
    entries = re.split(r"^(?=[a-z0-9._-]+==)", text, flags=re.M)[1:]
    assert len(entries) > 100
    assert all("--hash=sha256:" in entry for entry in entries)
    assert "://" not in text
    assert "--index-url" not in text


def test_importing_the_package_loads_nothing_heavy():
    """Kept quick by loading each name on first use; what is loaded is looked at, because times are
    not repeatable.
    """
    heavy = ("pandas", "numpy", "matplotlib", "statsmodels", "duckdb")
    code = f"import bpsstats, sys; print([m for m in {heavy} if m in sys.modules])"
    assert (
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout.strip()
        == "[]"
    )
