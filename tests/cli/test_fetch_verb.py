"""`recon fetch` against a server on the loopback, then `recon ingest` of what came."""

import json
import os
import subprocess
import threading
from collections.abc import Iterator
from datetime import date
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from run_recon import Run

import recon.cli.clock

DIRECTORY = "Symbol|Security Name|ETF\nAAPL|Apple Inc.|N\nFile Creation Time: 0501202608:00||\n"
PROVIDERS = ("ishares", "nasdaqtrader", "sec")
TICKERS = ("company_tickers", "company_tickers_exchange")


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setattr(recon.cli.clock, "today", lambda: date(2026, 5, 1))
    folder = tmp_path / "www" / "dynamic" / "SymDir"
    folder.mkdir(parents=True)
    (folder / "nasdaqlisted.txt").write_text(DIRECTORY)
    (folder / "otherlisted.txt").write_text(f"ACT {DIRECTORY}")
    handler = partial(Quiet, directory=str(tmp_path / "www"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"nasdaqtrader=http://127.0.0.1:{running.server_address[1]}"
        running.shutdown()
        thread.join()


def test_files_come_once_a_day(recon: Run, server: str, tmp_path: Path) -> None:
    arguments = ("fetch", "--to", "got", "--only", "nasdaqtrader", "--base-url", server)
    first = recon(*arguments)
    assert first.exit_code == 0, first.stderr
    assert f"nasdaqlisted: nasdaqlisted_2026-05-01.txt, {len(DIRECTORY)} bytes" in first.stderr
    assert "recon ingest" in first.stderr
    assert (tmp_path / "got" / "otherlisted_2026-05-01.txt").is_file()
    second = recon(*arguments)
    assert second.exit_code == 0
    assert "otherlisted: up to date" in second.stderr


def test_a_failure_is_one_line_and_code_1(recon: Run, server: str) -> None:
    addresses = Path("mine.toml")
    addresses.write_text('[nasdaqtrader.items.otherlisted]\npath = "/moved.txt"\n')
    done = recon(
        *("fetch", "--to", "got", "--only", "nasdaqtrader"),
        *("--base-url", server, "--addresses", addresses),
    )
    assert done.exit_code == 1
    failures = [line for line in done.stderr.splitlines() if "failed" in line]
    assert len(failures) == 1
    assert "404" in failures[0]


def test_the_sec_without_a_contact_is_wrong_use(recon: Run) -> None:
    done = recon("fetch", "--to", "got", "--only", "sec")
    assert done.exit_code == 2
    assert done.stderr.count("RECON_USER_AGENT") == 4


@pytest.mark.parametrize(
    "arguments",
    [
        ("--only", "nobody"),
        ("--cik", "AAPL"),
        ("--base-url", "sec"),
        ("--base-url", "nobody=http://127.0.0.1"),
    ],
)
def test_what_cannot_be_fetched_is_wrong_use(recon: Run, arguments: tuple[str, str]) -> None:
    done = recon("fetch", "--to", "got", *arguments)
    assert done.exit_code == 2
    assert done.stderr.count("\n") == 1
    assert not Path("got").exists()


LINES = [("AAPL", "APPLE INC", 60.5), ("BE", "BLOOM ENERGY CLASS A CORP", 39.4)]
HOLDINGS = (
    "\ufeffiShares Russell 2000 ETF\n"
    'Fund Holdings as of,"Apr 30, 2026"\n'
    'Inception Date,"May 22, 2000"\n'
    'Shares Outstanding,"280,200,000.00"\n'
    'Stock,"-"\nBond,"-"\nCash,"-"\nOther,"-"\n\u00a0\n'
    "Ticker,Name,Sector,Asset Class,Market Value,Weight (%),Notional Value,Quantity,Price,"
    "Location,Exchange,Currency,FX Rate,Market Currency,Accrual Date\n"
    + "".join(
        f'"{ticker}","{name}","Industrials","Equity","1,000.00","{weight}","1,000.00","10.00",'
        '"100.00","United States","NASDAQ","USD","1.00","USD","-"\n'
        for ticker, name, weight in LINES
    )
)
PUBLIC = {
    "files/company_tickers.json": ('{"0":{"cik_str":320193,"ticker":"AAPL","title":"Apple Inc."}}'),
    "files/company_tickers_exchange.json": (
        '{"fields":["cik","name","ticker","exchange"],'
        '"data":[[320193,"Apple Inc.","AAPL","Nasdaq"]]}'
    ),
    "submissions/CIK0000320193.json": (
        '{"cik":"0000320193","entityType":"operating","sic":"3571","name":"Apple Inc.",'
        '"tickers":["AAPL"],"exchanges":["Nasdaq"],"ein":"942404110","category":"Large",'
        '"stateOfIncorporation":"CA","addresses":{"business":{"city":"CUPERTINO",'
        '"stateOrCountry":"CA"}},"formerNames":[]}'
    ),
    "dynamic/SymDir/nasdaqlisted.txt": (
        "Symbol|Security Name|Market Category|Test Issue|Financial Status|Round Lot Size|ETF|"
        "NextShares\nAAPL|Apple Inc. - Common Stock|Q|N|N|100|N|N\n"
        "File Creation Time: 0501202608:00|||||||\n"
    ),
    "dynamic/SymDir/otherlisted.txt": (
        "ACT Symbol|Security Name|Exchange|CQS Symbol|ETF|Round Lot Size|Test Issue|"
        "NASDAQ Symbol\nBE|Bloom Energy Corporation|N|BE|N|100|N|BE\n"
        "File Creation Time: 0501202608:00|||||||\n"
    ),
    **{
        f"us/products/{product}/1467271812596.ajax": HOLDINGS.replace("Russell 2000", index)
        for product, index in {
            "239710/ishares-russell-2000-etf": "Russell 2000",
            "239707/ishares-russell-1000-etf": "Russell 1000",
            "239714/ishares-russell-3000-etf": "Russell 3000",
            "239716/ishares-microcap-etf": "Micro-Cap",
        }.items()
    },
}


def test_everything_that_is_fetched_is_ingested(
    recon: Run, server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECON_USER_AGENT", "Test Desk desk@example.com")
    for path, content in PUBLIC.items():
        file = tmp_path / "www" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
    address = server.partition("=")[2]
    bases = [f"--base-url={name}={address}" for name in (*PROVIDERS, "sec-data")]
    only = [f"--only={name}" for name in (*PROVIDERS[:-1], *TICKERS)]
    addresses = tmp_path / "fast.toml"
    addresses.write_text("".join(f"[{n}]\nper_second = 1000.0\n" for n in (*PROVIDERS, "sec-data")))
    got = recon("fetch", "--to", "got", *bases, *only, "--cik", 320193, "--addresses", addresses)
    assert got.exit_code == 0, got.stderr
    done = recon("ingest", "got", "--store", "store")
    assert done.exit_code == 0, done.stderr
    assert f"{len(PUBLIC)} landed; store store" in done.stderr
    assert "not recognised" not in done.stderr


def test_a_nightly_fetch_of_the_repository_adds_one_session(
    recon: Run, server: str, tmp_path: Path
) -> None:
    upstream = tmp_path / "upstream" / "US-Stock-Symbols.git"
    upstream.mkdir(parents=True)
    subprocess.run(["git", "init", "-q", "-b", "main", upstream], check=True)
    commit(upstream, "2026-04-30T00:27:00Z", close="$10.00")
    night = ("fetch", "--to", "got", "--only", "us-stock-symbols")
    base = ("--base-url", f"us-stock-symbols={upstream.parent.as_uri()}")
    assert recon(*night, *base).exit_code == 0
    assert recon("ingest", "got", "--store", "store").exit_code == 0
    assert sessions(recon) == ("2026-04-29", "2026-04-29", 1)
    commit(upstream, "2026-05-01T00:27:00Z", close="$10.50")
    assert recon(*night, *base).exit_code == 0
    second = recon("ingest", "got", "--store", "store")
    assert second.exit_code == 0, second.stderr
    assert sessions(recon) == ("2026-04-29", "2026-04-30", 2)
    assert "1 already there" in recon("ingest", "got", "--store", "store").stderr


def sessions(recon: Run) -> tuple[str, str, int]:
    held = json.loads(recon("status", "--store", "store", "--format", "json").stdout)
    return held["first"], held["last"], held["sources"][0]["sessions"]


def commit(upstream: Path, stamp: str, close: str) -> None:
    for exchange in ("nasdaq", "nyse", "amex"):
        file = upstream / exchange / f"{exchange}_full_tickers.json"
        file.parent.mkdir(exist_ok=True)
        line = {
            "symbol": f"Q{exchange[:3].upper()}",
            "name": "Example Common Stock",
            "lastsale": close,
            "netchange": "0.50",
            "pctchange": "1.0%",
            "volume": "1000",
            "marketCap": "1000000000.00",
            "country": "United States",
            "ipoyear": "2001",
            "industry": "Software",
            "sector": "Technology",
            "url": "/market-activity/stocks/q",
        }
        file.write_text(json.dumps([line]))
    identity = {"GIT_AUTHOR_DATE": stamp, "GIT_COMMITTER_DATE": stamp}
    git = ["git", "-C", upstream, "-c", "user.name=Test", "-c", "user.email=test@example.com"]
    subprocess.run([*git, "add", "."], check=True)
    subprocess.run([*git, "commit", "-qm", stamp], check=True, env={**os.environ, **identity})
