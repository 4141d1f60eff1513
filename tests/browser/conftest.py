"""A real Chromium without a window, driven by its own driver; without one the tests are skipped."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from small_page import large_page, small_page

from recon.publish.page import render

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
QUIET = (
    "--headless=new",
    "--no-sandbox",  # the tests run as root on a fresh machine
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--window-size=1440,1000",
)


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Addresses of a small page with everything on it, and of one with 1,000 candidates."""
    folder = tmp_path_factory.mktemp("pages")
    found = {}
    for name, page in (("small", small_page()), ("large", large_page())):
        file = folder / f"{name}.html"
        file.write_text(render(page), encoding="utf-8")
        found[name] = file.as_uri()
    return found


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The browser; its logs hold what it asked of the network and what it complained of."""
    webdriver = pytest.importorskip("selenium.webdriver", reason="install recon[browser]")
    if CHROMIUM is None or DRIVER is None:
        pytest.skip("no chromium with chromedriver on this machine; see make test-full")
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for one in (*QUIET, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(one)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    # The driver is at hand: nothing is to be looked for on the network.
    os.environ["SE_OFFLINE"] = "true"
    browser = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    browser.set_page_load_timeout(30)
    yield browser
    browser.quit()


@pytest.fixture
def browser(chromium: Any) -> Iterator[Any]:
    """The browser at 1,440 pixels in light, its logs read and gone."""
    look(chromium, 1440, "light")
    for log in ("browser", "performance"):
        chromium.get_log(log)
    yield chromium
    assert [entry for entry in chromium.get_log("browser") if entry["level"] == "SEVERE"] == []


def look(browser: Any, width: int, scheme: str) -> None:
    """Show pages at a width and in a colour scheme from now on."""
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    # A page that glides to what is pressed has not arrived when the driver presses it.
    wishes = {"prefers-color-scheme": scheme, "prefers-reduced-motion": "reduce"}
    features = [{"name": name, "value": value} for name, value in wishes.items()]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})


def axe_script() -> str:
    """axe-core as its Python package carries it."""
    package = pytest.importorskip("axe_core_python", reason="install recon[browser]")
    return (Path(package.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
