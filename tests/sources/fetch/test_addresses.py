from datetime import date
from pathlib import Path

import pytest

from recon.errors import InputError
from recon.sources.fetch import choose, load

DAY = date(2026, 5, 1)


def test_the_default_brings_everything_but_the_large_and_the_single() -> None:
    orders = choose(load(), only=(), ciks=(), day=DAY)
    assert [o.file for o in orders] == [
        "us-stock-symbols.git",
        "IWM_holdings_2026-05-01.csv",
        "IWB_holdings_2026-05-01.csv",
        "IWV_holdings_2026-05-01.csv",
        "IWC_holdings_2026-05-01.csv",
        "company_tickers_2026-05-01.json",
        "company_tickers_exchange_2026-05-01.json",
        "nasdaqlisted_2026-05-01.txt",
        "otherlisted_2026-05-01.txt",
    ]


def test_addresses_are_the_public_ones() -> None:
    urls = {o.name: o.url for o in choose(load(), only=("sec", "iwc"), ciks=(), day=DAY)}
    assert urls["iwc"] == (
        "https://www.ishares.com/us/products/239716/ishares-microcap-etf/"
        "1467271812596.ajax?fileType=csv&fileName=IWC_holdings&dataType=fund"
    )
    assert urls["submissions"] == (
        "https://www.sec.gov/Archives/edgar/daily-index/bulkdata/submissions.zip"
    )
    assert urls["companyfacts"] == (
        "https://www.sec.gov/Archives/edgar/daily-index/xbrl/companyfacts.zip"
    )


@pytest.mark.parametrize("given", ["320193", "0000320193", "CIK0000320193"])
def test_a_cik_is_one_file_of_its_own(given: str) -> None:
    (order,) = choose(load(), only=(), ciks=(given,), day=DAY)
    assert order.url == "https://data.sec.gov/submissions/CIK0000320193.json"
    assert order.file == "submissions_2026-05-01/CIK0000320193.json"
    assert order.user_agent_required


def test_the_sec_is_asked_less_than_ten_times_a_second() -> None:
    assert all(p.per_second < 10 for name, p in load().items() if name.startswith("sec"))


@pytest.mark.parametrize("given", ["AAPL", "12345678901", "", "-1", "³"])
def test_what_is_no_cik_is_refused(given: str) -> None:
    with pytest.raises(InputError, match="not a CIK"):
        choose(load(), only=(), ciks=(given,), day=DAY)


def test_an_unknown_name_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InputError, match=r"iwx.*expected.*iwm"):
        choose(load(), only=("IWM", "IWX"), ciks=(), day=DAY)


def test_companies_one_by_one_need_a_cik() -> None:
    with pytest.raises(InputError, match="--cik"):
        choose(load(), only=("cik",), ciks=(), day=DAY)


def test_base_url_replaces_one_provider() -> None:
    providers = load(base_urls={"ishares": "http://127.0.0.1:9/"})
    assert providers["ishares"].base_url == "http://127.0.0.1:9"
    assert providers["sec"].base_url == "https://www.sec.gov"


@pytest.mark.parametrize("base_urls", [{"nobody": "http://x"}, {"sec": "ftp://x"}])
def test_base_url_of_nobody_or_of_no_web_address_is_refused(base_urls: dict[str, str]) -> None:
    with pytest.raises(InputError):
        load(base_urls=base_urls)


def test_an_override_changes_what_it_names(tmp_path: Path) -> None:
    override = tmp_path / "addresses.toml"
    override.write_text('[ishares.items.iwm]\npath = "/new"\n[sec]\nper_second = 2.0\n')
    providers = load(override)
    assert providers["ishares"].items["iwm"].path == "/new"
    assert providers["ishares"].items["iwm"].file == "IWM_holdings_{date}.csv"
    assert providers["sec"].per_second == 2.0


@pytest.mark.parametrize(
    "text",
    ["no toml", "[sec]\nspeed = 3", "[sec]\nper_second = 0", f"sec = {'[' * 5000}{']' * 5000}"],
)
def test_a_wrong_override_is_refused(tmp_path: Path, text: str) -> None:
    override = tmp_path / "addresses.toml"
    override.write_text(text)
    with pytest.raises(InputError, match="addresses"):
        load(override)


def test_a_missing_override_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot read"):
        load(tmp_path / "absent.toml")
