"""The figures on the page are the list's, the run's and the card's, and nothing else."""

import dataclasses
import math

import polars as pl
import pytest
from page_reader import Reader, read
from small_page import model_cards, small_page

from recon.publish.page import Page, render
from recon.publish.page.record import record
from recon.publish.words import above, money, percent, price, signed_percent


@pytest.fixture(scope="module")
def page() -> Page:
    return small_page()


@pytest.fixture(scope="module")
def shown(page: Page) -> Reader:
    return read(render(page))


def test_every_candidate_stands_there_with_the_lists_figures(page: Page, shown: Reader) -> None:
    rows = shown.rows("Candidates")
    assert len(rows) == page.rows.height > 5
    for cells, row in zip(rows, page.rows.iter_rows(named=True), strict=True):
        assert cells["Symbol"] == row["symbol"]
        assert cells["Company"] == row["company"]
        assert cells["Index"] == row["index"]
        assert cells["Action"].endswith(row["action"])
        assert cells["Chance"] == percent(row["probability"])
        assert (cells["Call"] == "● call") == row["call"]
        assert cells["Rank"] == ("–" if row["rank"] is None else f"{row['rank']:,}")
        assert cells["Total cap"] == money(row["total_cap_usd"])
        assert cells["Price"] == price(row["price_usd"])
        assert cells["Above line"] == (signed_percent(above(row["distance"])) or "–")
        days = row["days_of_volume"]
        assert cells["Days"] == ("–" if days is None else f"{days:,.1f}")
        usd = row["usd_to_trade"]
        assert cells["To trade"].lstrip("+−") == ("–" if usd is None else money(abs(usd)))
        assert usd is None or cells["To trade"][0] == ("−" if usd < 0 else "+")
        assert "float unknown" not in cells["Reasons"]
    assert any(cells["Reasons"] == "price below minimum" for cells in rows)


def test_what_is_sorted_and_filtered_is_the_list(page: Page, shown: Reader) -> None:
    values = shown.data()["rows"]
    for key, name in (
        ("chance", "probability"),
        ("cap", "total_cap_usd"),
        ("days", "days_of_volume"),
        ("usd", "usd_to_trade"),
        ("distance", "distance"),
        ("rank", "rank"),
    ):
        wanted = page.rows[name]
        assert [one is None for one in values[key]] == wanted.is_null().to_list()
        found = [one for one in values[key] if one is not None]
        assert found == pytest.approx(wanted.drop_nulls().to_list(), rel=1e-5)
    assert values["index"] == page.rows["index"].to_list()
    assert values["call"] == page.rows["call"].cast(int).to_list()


def test_calls_are_counted_as_the_list_has_them(page: Page, shown: Reader) -> None:
    for cells in shown.rows("Calls by index"):
        own = page.rows.filter(index=cells["Index"], action=cells["Action"][2:])
        assert int(cells["Calls"]) == own["call"].sum()
        assert int(cells["of rows"]) == own.height
        parts = (cells["90 % and more"], cells["50 to 90 %"], cells["below 50 %"])
        assert sum(int(n) for n in parts) == own["call"].sum()
        assert int(parts[0]) == own.filter(pl.col("call") & (pl.col("probability") >= 0.9)).height


def test_the_lines_are_the_runs(page: Page, shown: Reader) -> None:
    lines = {one.name.replace("_", " "): one for one in page.run.breakpoints}
    rows = shown.rows("Lines of the ranking")
    assert {row["Line"] for row in rows} == set(lines)
    for row in rows:
        assert row["Cap now"] == money(lines[row["Line"]].cap_usd)
        assert int(row["Rank now"]) == lines[row["Line"]].rank
        assert row["Median"] == "–"


def test_simulated_intervals_stand_beside_the_lines(page: Page) -> None:
    drawn = page.lines.with_columns(
        low=pl.col("cap_usd") * 0.9, median="cap_usd", high=pl.col("cap_usd") * 1.1
    )
    rows = read(render(dataclasses.replace(page, lines=drawn))).rows("Lines of the ranking")
    for row, cap in zip(rows, page.lines["cap_usd"], strict=True):
        assert [row["5 %"], row["Median"], row["95 %"]] == [
            money(cap * factor) for factor in (0.9, 1, 1.1)
        ]


def test_the_dates_are_counted_from_the_moment(page: Page, shown: Reader) -> None:
    text = shown.said()
    assert "rank day that day 2024-04-30 published, PR24" in text
    assert "preliminary list in 24 days 2024-05-24" in text
    assert "lock-down in 41 days 2024-06-10" in text
    assert "effective in 59 days 2024-06-28" in text
    assert "closes of 2024-04-30, 2 sessions old" in text


def test_the_page_says_of_what_it_is(page: Page, shown: Reader) -> None:
    text = shown.said()
    assert page.run.run_id in text
    assert f"rulebook {page.run.rulebook.version}" in text
    assert "hindsight strict" in text
    assert "R1000 list of 2024-03-28, 33 days old" in text
    assert "RMICRO none no rows, because no list" in text


def test_the_score_card_is_the_models(shown: Reader) -> None:
    strict, _ = model_cards()
    rows = {(row["Action"], row["Event"]): row for row in shown.rows("Score card")}
    scores = pl.DataFrame(strict.scores).filter(lead=0)
    for one in scores.iter_rows(named=True):
        title = {"add": "additions", "delete": "deletions"}[one["action"]]
        row = rows[title, one["event"]]
        assert int(row["Official"]) == one["official"]
        assert int(row["Right"]) == one["model_hits"]
        assert int(row["False"]) == one["model_called"] - one["model_hits"]
        assert int(row["Missed"]) == one["official"] - one["model_hits"]
        # the twin's answers are the same here
        assert row["Precision"] == " | ".join([f"{one['model_precision']:.3f}"] * 2)
        assert row["Rules’ recall"] == " | ".join([f"{one['rules_recall']:.3f}"] * 2)
    mean = scores.filter(action="add")["model_recall"].mean()
    assert rows["additions", "mean of 2"]["Recall"].startswith(f"{mean:.3f}")
    assert rows["additions", "mean of 2"]["Official"] == ""


def test_bins_hold_n_and_both_intervals(shown: Reader) -> None:
    strict, _ = model_cards()
    own = [one for one in strict.bins if one["scope"] == "Russell 3000"]
    rows = [row for row in shown.rows("Bins of chances") if row["Hindsight"] == "strict"]
    assert [int(row["n"]) for row in rows] == [one["n"] for one in own]
    for row, one in zip(rows, own, strict=True):
        assert row["Happened"] == percent(one["rate"])
        assert row["95 % binomial"] == f"{percent(one['low'])} to {percent(one['high'])}"


def test_calibration_is_said_with_n_and_window(shown: Reader) -> None:
    strict, _ = model_cards()
    own = [one for one in strict.bins if one["scope"] == "Russell 3000"]
    n = sum(one["n"] for one in own)
    error = sum(one["n"] * abs(one["rate"] - one["mean_chance"]) for one in own) / n
    said = f"off by {100 * error:.1f} | {100 * error:.1f} points on average (strict | slow-facts)"
    assert said in shown.said()
    assert f"n {n} | {n} chances of 2022-06, 2023-06" in shown.said()


def test_changes_are_those_of_the_two_lists(page: Page, shown: Reader) -> None:
    rows = shown.rows("Changes")
    assert len(rows) == page.changes.height >= 3
    for row, one in zip(rows, page.changes.iter_rows(named=True), strict=True):
        assert (row["Symbol"], row["Index"]) == (one["symbol"], one["index"])
        assert row["Points"] == f"{100 * one['probability_change']:+.0f}"
        assert row["Call"].endswith("called") == one["flipped"]
    assert f"{page.changes['flipped'].sum()} calls flipped" in shown.said()
    assert "Against 2024-06_2024-04-29_strict_0123456789, as of 2024-04-29" in shown.said()


def test_trades_are_the_demands(page: Page, shown: Reader) -> None:
    rows = shown.rows("Largest trades")
    assert rows
    for row, one in zip(rows, page.largest.iter_rows(named=True), strict=True):
        assert row["Symbol"] == one["symbol"]
        assert row["Side"] == ("buy" if one["expected_usd"] > 0 else "sell")
        assert row["Days expected"] == f"{one['expected_days']:,.1f}"
        assert math.isclose(
            one["expected_days"],
            abs(one["expected_usd"]) / one["median_volume_usd"],
            rel_tol=1e-9,
        )
    assert page.largest["symbol"].n_unique() == page.largest.height


def test_every_name_of_the_list_has_its_reasons(page: Page, shown: Reader) -> None:
    found = shown.data()
    for place, company in zip(found["rows"]["name"], page.rows["company_id"], strict=True):
        one = page.reasons[company]
        name = found["names"][place]
        texts = {key: [found["texts"][i] for i in places] for key, places in name.items()}
        assert texts["title"][0] == one.symbol
        assert len(texts["checks"]) == len(one.checks)
        assert any(one.cap in text for text in texts["facts"])
        assert texts["changes"] == list(one.changes)


def test_without_past_or_earlier_run_the_page_says_so(page: Page) -> None:
    nothing = page.changes.clear()
    bare = dataclasses.replace(page, record=None, earlier=None, changes=nothing)
    text = read(render(bare)).said()
    assert "No model speaks here, so there is no record of one." in text
    assert "No earlier run of this event under strict is archived" in text


@pytest.mark.parametrize("simulated", [True, False])
def test_what_is_simulated_is_called_so_wherever_it_shows(
    page: Page, shown: Reader, simulated: bool
) -> None:
    if simulated:
        run = dataclasses.replace(page.run, simulated=True)
        shown = read(render(dataclasses.replace(page, run=run)))
    told = [one for one in shown.headings if one not in {"", page.run.event.id}]
    of_run = [one for one in told if "break-points" in one or "Candidates" in one or "Rank" in one]
    assert len(of_run) >= 3
    assert all(one.startswith("Simulated: ") == simulated for one in of_run)
    assert ("Simulated market. No company" in shown.said()) == simulated
    assert ("These events are real" in shown.said()) == simulated
    drawn = [said["aria-label"] or "" for tag, said in shown.tags if said.get("role") == "img"]
    around = [one for one in drawn if "break-points" in one]
    assert around
    assert all(one.startswith("Simulated: ") == simulated for one in around)


def test_a_record_of_a_simulated_past_is_called_so(page: Page) -> None:
    past = record("recon-2023-06-strict", model_cards(simulated=True), 0)
    shown = read(render(dataclasses.replace(page, record=past)))
    assert "Simulated: Track record" in shown.headings
    assert "Candidates" in shown.headings
