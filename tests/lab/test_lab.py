"""JupyterLab as people have it: opened in Chromium on the notebooks, as `make lab` opens it."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from playwright import sync_api

from bpsstats.paths import notebooks_dir

pytestmark = pytest.mark.external
ROOT = Path(__file__).parents[2]
TOKEN = "of-the-test"
SECONDS = 1000  # milliseconds
FOR_A_KERNEL = 90 * SECONDS


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """Address of a JupyterLab with the settings of `make lab` on a copy of the notebooks."""
    folder = tmp_path_factory.mktemp("lab")
    shutil.copytree(notebooks_dir(), folder / "notebooks")
    port = free_port()
    recipe = re.search(r"^lab:.*\n\t@(.*)$", (ROOT / "Makefile").read_text("utf8"), re.M)[1]
    assert recipe == "$(PYTHON) -m jupyterlab $(LAB_ARGS) notebooks"
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", f"--port={port}"]
    own = {name: str(folder / name.lower()) for name in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR")}
    own |= {"JUPYTER_CONFIG_PATH": str(ROOT / ".jupyter"), "JUPYTER_TOKEN": TOKEN}
    log = folder / "log.txt"
    with log.open("w") as told:
        server = subprocess.Popen(
            [*command, str(folder / "notebooks")],
            env=os.environ | own,
            cwd=folder,
            stdout=told,
            stderr=subprocess.STDOUT,
        )
        try:
            address = f"http://127.0.0.1:{port}"
            for _ in range(300):
                try:
                    urllib.request.urlopen(f"{address}/api", timeout=5).read()
                    break
                except OSError:
                    assert server.poll() is None, log.read_text("utf8")
                    time.sleep(0.2)
            yield address
        finally:
            server.terminate()
            server.wait(timeout=30)


@pytest.fixture(scope="module")
def browser():
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def open_notebook(lab, browser):
    """Open a notebook of the folder in a fresh window."""
    pages = []

    def of(name):
        page = browser.new_page(viewport={"width": 1500, "height": 1300})
        pages.append(page)
        page.goto(f"{lab}/lab/tree/{name}?token={TOKEN}&reset", timeout=FOR_A_KERNEL)
        page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=FOR_A_KERNEL)
        page.wait_for_selector("text=(ipykernel) | Idle", timeout=FOR_A_KERNEL)
        return page

    yield of
    for page in pages:
        page.close()


def run_all(page):
    page.click("text=Run >> nth=0")
    page.click("text=Run All Cells")


def screenshot(page, name):
    """A picture to look at, where the variable names a folder for it."""
    if folder := os.environ.get("BPSSTATS_SCREENSHOTS"):
        page.screenshot(path=f"{folder}/{name}.png")


def test_a_notebook_runs_and_asks_nothing_about_news(open_notebook):
    page = open_notebook("03-poverty.ipynb")
    run_all(page)
    page.wait_for_function(
        "() => !document.querySelector('.jp-Notebook').innerText.includes('[*]')",
        timeout=FOR_A_KERNEL,
    )
    page.wait_for_selector("table.bps td[style*=nowrap]", timeout=FOR_A_KERNEL)
    screenshot(page, "notebook")
    assert page.locator("text=Would you like to").count() == 0
    assert page.locator("[data-mime-type='application/vnd.jupyter.stderr']").count() == 0
    style = page.locator("table.bps td").first.evaluate(
        "cell => [getComputedStyle(cell).whiteSpace, getComputedStyle(cell).textAlign]"
    )
    assert style == ["nowrap", "right"]
    name = page.locator("table.bps tbody th").first
    assert name.evaluate("cell => getComputedStyle(cell).textAlign") == "left"


def test_the_explorer_follows_the_slider_by_keyboard(open_notebook):
    page = open_notebook("explore/explore.ipynb")
    run_all(page)
    slider = page.locator(".bps-explore .noUi-handle")
    slider.wait_for(timeout=FOR_A_KERNEL)
    drawing = page.locator(".bps-explore svg").first
    drawing.wait_for(timeout=FOR_A_KERNEL)
    before = drawing.evaluate("svg => svg.outerHTML")
    table = page.locator(".bps-explore table.bps")
    screenshot(page, "explorer-before")
    slider.focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    page.wait_for_function(
        "() => document.querySelector('.bps-explore textarea').value.includes('1.2 * bps')",
        timeout=FOR_A_KERNEL,
    )
    page.wait_for_function(
        "before => document.querySelector('.bps-explore svg').outerHTML !== before",
        arg=before,
        timeout=FOR_A_KERNEL,
    )
    assert "1.20 x line" in drawing.inner_html()
    told = table.inner_text()
    page.locator(".bps-explore select").nth(2).select_option("head's sex: women")
    page.wait_for_function(
        "told => document.querySelector('.bps-explore table.bps').innerText !== told",
        arg=told,
        timeout=FOR_A_KERNEL,
    )
    page.wait_for_function(
        """() => document.querySelector('.bps-explore textarea').value
            .includes('domain_name="head_sex=female"')""",
        timeout=FOR_A_KERNEL,
    )
    # The still picture has left the page to the live one.
    assert page.locator("[class^=bps-still]").first.is_hidden()
    screenshot(page, "explorer-after")


def test_an_error_of_the_package_is_one_paragraph_and_unfolds(open_notebook, lab):
    page = open_notebook("explore/explore.ipynb")
    page.locator(".jp-CodeCell .cm-content").nth(1).click()
    page.keyboard.press("Control+a")
    page.keyboard.type("import bpsstats as bps\nbps.poverty_line('Atlantis', 2022)")
    page.keyboard.press("Shift+Enter")
    error = page.locator(".jp-RenderedText pre", has_text="UnknownAreaError")
    error.wait_for(timeout=FOR_A_KERNEL)
    assert len(error.inner_text().strip().splitlines()) == 1
    way = page.locator(".jp-OutputArea details pre")
    assert way.is_hidden()
    page.locator(".jp-OutputArea details summary").click()
    assert "poverty_line" in way.inner_text()
    screenshot(page, "error")
