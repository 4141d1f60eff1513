"""The page in a real browser: it opens, sorts, filters and explains, alone and for everybody."""

import json
from typing import Any

import pytest
from conftest import axe_script, look

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

OPENS_WITHIN = 2000.0
"""Milliseconds, with 1,000 candidates (the brief's bar)."""
SERIOUS = {"serious", "critical"}
SHOWN = "#list tbody tr:not([hidden]) button"
"""Opens the first name that shows."""


def texts(browser: Any, column: int) -> list[str]:
    """What stands in a column of the rows that show, from the top."""
    found: list[str] = browser.execute_script(
        "return [...document.querySelectorAll('#list tbody tr')].filter((r) => !r.hidden)"
        ".map((r) => r.cells[arguments[0]].textContent)",
        column,
    )
    return found


def column(browser: Any, key: str) -> int:
    """Place of a column."""
    found: int = browser.execute_script(
        "return [...document.querySelectorAll('#list thead button')]"
        ".findIndex((b) => b.dataset.key === arguments[0])",
        key,
    )
    return found


def head(browser: Any, key: str) -> Any:
    """The button that sorts by a column."""
    return browser.find_element("css selector", f'#list thead button[data-key="{key}"]')


def press(browser: Any, *keys: str) -> None:
    """Press keys where the focus is."""
    browser.switch_to.active_element.send_keys(*keys)


def focus(browser: Any) -> str:
    """Say what has the focus."""
    found: str = browser.execute_script(
        "const e = document.activeElement; return e.id || e.dataset.key || e.ariaLabel "
        "|| e.textContent.trim().slice(0, 40)"
    )
    return found


def ask(browser: Any, **filters: str) -> None:
    """Set filters as a user does."""
    for name, value in filters.items():
        browser.execute_script(
            "const e = document.getElementById('f-' + arguments[0]); e.value = arguments[1];"
            "e.dispatchEvent(new Event('input', { bubbles: true }))",
            name,
            value,
        )


def test_opens_in_time_with_a_thousand_candidates(browser: Any, pages: dict[str, str]) -> None:
    browser.get(pages["large"])
    took = browser.execute_script(
        "return performance.getEntriesByType('navigation')[0].loadEventEnd"
    )
    print(f"1,000 candidates: {took:.0f} ms")  # noqa: T201 - the figure, for who runs it
    assert took < OPENS_WITHIN
    ask(browser, call="")
    assert len(texts(browser, 0)) == 1000


def test_asks_nothing_of_the_network(browser: Any, pages: dict[str, str]) -> None:
    browser.get(pages["small"])
    head(browser, "chance").click()
    browser.find_element("css selector", SHOWN).click()
    messages = [json.loads(one["message"])["message"] for one in browser.get_log("performance")]
    asked = [
        one["params"]["request"]["url"]
        for one in messages
        if one["method"] == "Network.requestWillBeSent"
    ]
    assert pages["small"] in asked
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert [url for url in asked if url.startswith("file:")] == [pages["small"]]


def test_nothing_is_complained_of(browser: Any, pages: dict[str, str]) -> None:
    browser.get(pages["small"])
    assert browser.get_log("browser") == []


@pytest.mark.parametrize("key", ["chance", "cap", "days", "symbol", "company"])
def test_sorts_by_a_column_both_ways(browser: Any, pages: dict[str, str], key: str) -> None:
    browser.get(pages["large"])
    ask(browser, call="")
    values = browser.execute_script(
        "return JSON.parse(document.getElementById('data').textContent).rows"
    )
    symbols = [f"S{i}" for i in range(1000)]
    own = {
        "symbol": symbols,
        "company": [f"Company {i} Inc. Common Stock" for i in range(1000)],
    }.get(key) or values[key]
    known = [(one, name) for one, name in zip(own, symbols, strict=True) if one is not None]
    unknown = [name for one, name in zip(own, symbols, strict=True) if one is None]
    for way in ("descending", "ascending") if key in values else ("ascending", "descending"):
        head(browser, key).click()
        shown = texts(browser, 0)
        place = dict(zip(symbols, own, strict=True))
        seen = [place[name] for name in shown[: len(known)]]
        if key in values:
            assert seen == sorted((one for one, _ in known), reverse=way == "descending")
        else:
            assert shown != symbols
            assert sorted(seen) == sorted(own)
        assert shown[len(known) :] == unknown  # what is not known goes last
        sorts = browser.execute_script(
            "return [...document.querySelectorAll('#list thead th')].map((h) => h.ariaSort)"
        )
        assert [one for one in sorts if one != "none"] == [way]
        assert sorts[column(browser, key)] == way


def test_calls_come_first_and_filters_narrow(browser: Any, pages: dict[str, str]) -> None:
    browser.get(pages["large"])
    call, index, action, chance = (
        column(browser, one) for one in ("call", "index", "action", "chance")
    )
    assert set(texts(browser, call)) == {"● call"}
    ask(browser, call="", index="R3000")
    assert set(texts(browser, index)) == {"R3000"}
    ask(browser, action="add")
    assert set(texts(browser, action)) == {"▲ add"}
    ask(browser, low="20", high="80")
    shown = [int(one.removesuffix(" %")) for one in texts(browser, chance)]
    assert shown
    assert min(shown) >= 20
    assert max(shown) <= 80
    assert browser.find_element("id", "shown").text == f"{len(shown)} of 1,000 rows"
    browser.find_element("css selector", "#filters button").click()
    browser.execute_async_script("setTimeout(arguments[0], 50)")
    assert len(texts(browser, 0)) == 1000


def test_finds_by_symbol_and_company(browser: Any, pages: dict[str, str]) -> None:
    browser.get(pages["large"])
    ask(browser, call="")
    search = browser.find_element("id", "f-text")
    search.send_keys("s77")
    assert set(texts(browser, 0)) == {"S77", *(f"S77{i}" for i in range(10))}
    search.clear()
    search.send_keys("COMPANY 123 ")
    assert texts(browser, 0) == ["S123"]
    search.clear()
    search.send_keys("no such name")
    assert browser.find_element("id", "shown").text == "0 of 1,000 rows"


def test_opens_a_name_by_click_and_by_enter(browser: Any, pages: dict[str, str]) -> None:
    browser.get(pages["small"])
    dialog = browser.find_element("id", "name")
    assert not dialog.is_displayed()
    opener = browser.find_element("css selector", SHOWN)
    symbol = opener.text
    opener.click()
    assert dialog.is_displayed()
    assert browser.find_element("id", "name-title").text.startswith(symbol)
    said = browser.find_element("id", "name-body").text
    for part in ("result under the rules", "total cap", "before", "Chances", "Verdicts", "Lines"):
        assert part in said
    press(browser, "\ue00c")  # Escape
    assert not dialog.is_displayed()
    assert focus(browser) == symbol
    press(browser, "\ue015")  # arrow down
    below = focus(browser)
    assert below in texts(browser, 0)
    assert below == texts(browser, 0)[1]
    press(browser, "\ue007")  # Enter
    assert dialog.is_displayed()
    assert browser.find_element("id", "name-title").text.startswith(below)
    browser.find_element("id", "close").click()
    assert not dialog.is_displayed()


def test_a_row_opens_wherever_it_is_pressed(browser: Any, pages: dict[str, str]) -> None:
    browser.get(pages["small"])
    browser.find_element("css selector", "#list tbody tr:not([hidden]) td:nth-child(4)").click()
    assert browser.find_element("id", "name").is_displayed()


def test_the_tab_key_goes_through_in_the_order_of_reading(
    browser: Any, pages: dict[str, str]
) -> None:
    browser.get(pages["large"])
    seen = []
    for _ in range(40):
        press(browser, "\ue004")
        seen.append(focus(browser))
        if seen[-1] == "Lines of the ranking":
            break
    assert seen[:2] == ["Skip to the candidates", "theme"]
    filters = [f"f-{one}" for one in ("text", "index", "action", "call", "low", "high")]
    start = seen.index("f-text")
    assert seen[start : start + 6] == filters
    assert seen.index("Candidates", start) < seen.index("symbol") < seen.index("reasons")
    names = [one for one in seen if one.startswith("S") and one[1:].isdigit()]
    assert len(names) == 1  # one stop for a thousand names
    assert seen[-1] == "Lines of the ranking"
    press(browser, "\ue004")  # no trap: something else has the focus after it
    assert focus(browser) != "Lines of the ranking"


def test_the_skip_link_shows_when_it_has_the_focus(browser: Any, pages: dict[str, str]) -> None:
    browser.get(pages["small"])
    link = browser.find_element("css selector", ".skip")
    assert link.rect["x"] < 0
    press(browser, "\ue004")
    assert link.rect["x"] >= 0
    press(browser, "\ue007")
    assert focus(browser) == "candidates"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_button_turns_the_colours(browser: Any, pages: dict[str, str], scheme: str) -> None:
    look(browser, 1440, scheme)
    browser.get(pages["small"])
    browser.execute_script("localStorage.clear()")
    browser.refresh()
    paper = "return getComputedStyle(document.body).backgroundColor"
    before = browser.execute_script(paper)
    button = browser.find_element("id", "theme")
    assert button.get_attribute("aria-pressed") == str(scheme == "dark").lower()
    button.click()
    after = browser.execute_script(paper)
    assert before != after
    browser.refresh()
    assert browser.execute_script(paper) == after
    browser.execute_script("localStorage.clear()")


@pytest.mark.parametrize("width", [360, 768, 1440])
@pytest.mark.parametrize("page", ["small", "large"])
def test_the_page_is_never_wider_than_the_screen(
    browser: Any, pages: dict[str, str], page: str, width: int
) -> None:
    look(browser, width, "light")
    browser.get(pages[page])
    unfold(browser)
    wide = browser.execute_script("return document.documentElement.scrollWidth")
    assert wide <= width
    browser.execute_script("document.querySelector('#list tbody button').click()")
    assert browser.find_element("id", "name").rect["width"] <= width


def unfold(browser: Any) -> None:
    """Lay out all that is folded or far below."""
    browser.execute_script(
        "for (const e of document.querySelectorAll('details')) e.open = true;"
        "for (const e of document.querySelectorAll('section')) e.style.contentVisibility='visible'"
    )


@pytest.mark.parametrize("opened", [False, True], ids=["page", "name"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1440])
def test_everybody_can_read_it(
    browser: Any, pages: dict[str, str], width: int, scheme: str, opened: bool
) -> None:
    look(browser, width, scheme)
    browser.get(pages["small"])
    unfold(browser)
    if opened:
        browser.execute_script(f"document.querySelector('{SHOWN}').click()")
    browser.execute_script(axe_script())
    found = browser.execute_async_script(
        "axe.run(arguments[0] ? '#name' : document).then(arguments[1])", opened
    )
    told = {
        one["id"]: [node["html"] for node in one["nodes"]][:3]
        for one in found["violations"]
        if one["impact"] in SERIOUS
    }
    assert told == {}
    assert len(found["passes"]) > 10


def test_without_script_the_whole_list_shows(browser: Any, pages: dict[str, str]) -> None:
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.get(pages["small"])
        rows = browser.find_elements("css selector", "#list tbody tr")
        assert all(row.is_displayed() for row in rows)
        assert not browser.find_element("id", "filters").is_displayed()
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_prints_light_without_controls(browser: Any, pages: dict[str, str]) -> None:
    look(browser, 1440, "dark")
    browser.get(pages["small"])
    features = [{"name": "prefers-color-scheme", "value": "dark"}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print", "features": features})
    try:
        paper = browser.execute_script("return getComputedStyle(document.body).backgroundColor")
        assert paper == "rgb(255, 255, 255)"
        for name in ("#filters", "nav", "#theme"):
            assert not browser.find_element("css selector", name).is_displayed()
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
