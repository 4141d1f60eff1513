from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest

from recon.errors import RefusedFileError
from recon.sources.base import Seen
from recon.sources.ishares import SOURCE

HEAD = (
    "Ticker,Name,Sector,Asset Class,Market Value,Weight (%),Notional Value,{},Price,"
    "Location,Exchange"
)
TITLE = "iShares Russell 2000 ETF"


def line(
    ticker,
    name,
    kind="Equity",
    value="1.00",
    exchange="NASDAQ",
    price="1.00",
    weight="0.00",
    shares="1.00",
):
    cells = [ticker, name, "Industrials", kind, value, weight, value, shares, price]
    return ",".join(f'"{cell}"' for cell in [*cells, "United States", exchange])


WHOLE = [
    line("AAON", "AAON INC", value="6,000.50", weight="60.00", shares="1,200.00", price="5.00"),
    line("BRKB", "BERKSHIRE CLASS B", value="3,800.00", weight="38.50", shares="10.00"),
]


def downloaded(*more, title=TITLE, asof='"May 13, 2025"', shares="Quantity", lines=WHOLE):
    return "\n".join(
        [
            f"\ufeff{title}",
            f"Fund Holdings as of,{asof}",
            'Inception Date,"May 22, 2000"',
            'Shares Outstanding,"303,600,000.00"',
            'Stock,"-"',
            "\xa0",
            HEAD.format(shares),
            *lines,
            *more,
            "\xa0",
            '"The content contained herein is owned or licensed, and Ticker is a word in it.',
        ]
    )


def read(folder: Path, text: str, name="IWM_holdings.csv"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    assert SOURCE.recognise(path)
    return {chunk.table: chunk for chunk in SOURCE.read(path, Seen())}


def tickers(chunk):
    return chunk.rows["ticker"].to_list()


def test_a_downloaded_file_gives_members_and_the_fund(tmp_path):
    chunks = read(tmp_path, downloaded())
    assert chunks["fund_snapshot"].rows.to_dicts() == [
        {
            "asof": date(2025, 5, 13),
            "fund": "IWM",
            "shares_outstanding": 303_600_000.0,
            "known_at": datetime.fromisoformat("2025-05-14T13:30"),
        }
    ]
    assert chunks["membership"].rows.row(0, named=True) == {
        "asof": date(2025, 5, 13),
        "index": "R2000",
        "ticker": "AAON",
        "name": "AAON INC",
        "weight": 60.0,
        "shares": 1200.0,
        "price": 5.0,
        "market_value": 6000.5,
        "cusip": None,
        "isin": None,
        "sector": "Industrials",
        "exchange": "NASDAQ",
        "kind": "etf_ishares",
        "origin": "IWM_holdings.csv",
        "known_at": datetime.fromisoformat("2025-05-14T13:30"),
    }


def test_a_friday_is_known_at_mondays_open_in_winter_time(tmp_path):
    chunks = read(tmp_path, downloaded(asof='"Jan 16, 2026"'))
    # Monday the 19th is a holiday.
    assert chunks["membership"].rows["known_at"].unique().to_list() == [
        datetime.fromisoformat("2026-01-20T14:30")
    ]


def test_both_names_of_the_share_column_are_read(tmp_path):
    chunks = read(tmp_path, downloaded(shares="Shares"))
    assert chunks["membership"].rows["shares"].to_list() == [1200.0, 10.0]


def test_a_file_re_saved_in_a_spreadsheet(tmp_path):
    pad = "," * 9
    text = "\r\n".join(
        [
            f"\ufeffiShares Russell 1000 ETF{pad}",
            "Fund Holdings as of,13-Apr-26,,,,,,,,,",
            'Shares Outstanding,"119,200,000.00",,,,,,,,,',
            f" ,{pad}",
            HEAD.format("Quantity"),
            'NVDA,NVIDIA CORP,Technology,Equity,"3,143,200.05",99.02,"3,143,200.05","16,603.00"'
            ",189.31,United States,NASDAQ",
            f" ,{pad}",
        ]
    )
    chunks = read(tmp_path, text)
    row = chunks["membership"].rows.row(0, named=True)
    assert (row["asof"], row["index"], row["shares"]) == (date(2026, 4, 13), "R1000", 16603.0)
    assert chunks["fund_snapshot"].rows["fund"].to_list() == ["IWB"]


def headless() -> str:
    return "\n".join([HEAD.format("Shares"), *WHOLE])


@pytest.mark.parametrize("name", ["IWC_holdings_2022-05-09.csv", "holdings-iwc-20220509.csv"])
def test_a_headless_file_takes_fund_and_date_from_its_name(tmp_path, name):
    chunks = read(tmp_path, headless(), name)
    assert set(chunks) == {"membership"}
    rows = chunks["membership"].rows
    assert rows.select("asof", "index").unique().rows() == [(date(2022, 5, 9), "RMICRO")]


@pytest.mark.parametrize(
    ("name", "field"), [("IWC_holdings.csv", "file name"), ("a_2022-05-09.csv", "name")]
)
def test_a_headless_file_without_date_or_fund_is_refused(tmp_path, name, field):
    with pytest.raises(RefusedFileError) as raised:
        read(tmp_path, headless(), name)
    assert raised.value.field == field


@pytest.mark.parametrize(
    "pseudo",
    [
        line("USD", "USD CASH", "Cash"),
        line("XTSLA", "BLK CSH FND TREASURY SL AGENCY", "Money Market"),
        line("RTYM5", "RUSSELL 2000 EMINI CME JUN 25", "Futures"),
        line("-", "PULSE BIOSCIENCE"),
        line("P5N994", "Petrocorp Inc Escrow"),
        line("GTXI", "GTXI INC - CVR"),
        line("WLLBW", "CHORD ENERGY EQUITY WARRANTS SERIE"),
        line("MPTI RT", "M TRON INDUSTRIES RIGHTS EXPIRY TH"),
        line("ADRO", "CHINOOK THERAPEUTICS INC", exchange="NO MARKET (E.G. UNLISTED)"),
    ],
)
def test_what_is_no_line_of_a_company_is_skipped(tmp_path, pseudo):
    chunk = read(tmp_path, downloaded(pseudo))["membership"]
    assert tickers(chunk) == ["AAON", "BRKB"]
    assert (chunk.skipped, chunk.rejected.height) == (1, 0)


def test_a_company_whose_name_begins_with_cvr_is_kept(tmp_path):
    chunk = read(tmp_path, downloaded(line("CVI", "CVR ENERGY INC"), line("CVRX", "CVRX INC")))
    assert tickers(chunk["membership"]) == ["AAON", "BRKB", "CVI", "CVRX"]


def test_of_a_ticker_twice_the_larger_is_kept(tmp_path):
    small = line("AAON", "AAON INC SERIES A", value="0.02")
    chunk = read(tmp_path, downloaded(small, lines=[small, *WHOLE]))["membership"]
    assert tickers(chunk) == ["AAON", "BRKB"]
    assert chunk.rows["name"].to_list()[0] == "AAON INC"
    assert chunk.skipped == 2


@pytest.mark.parametrize(
    ("bad", "rule"),
    [
        (line("aaon", "AAON INC"), "ticker|regex"),
        (line("CWEN US", "CLEARWAY"), "ticker|regex"),
        (line("ZWS", "ZURN", price="-1.00"), "price|min"),
        (line("ZWS", "ZURN", value="many"), "market_value|number"),
        (line("ZWS", "ZURN", kind=""), "asset_class|nullability"),
    ],
)
def test_a_line_that_breaks_the_contract_is_rejected_with_its_rule(tmp_path, bad, rule):
    chunk = read(tmp_path, downloaded(bad))["membership"]
    assert tickers(chunk) == ["AAON", "BRKB"]
    assert chunk.rejected["rule"].to_list() == [rule]
    assert chunk.rejected["row"].str.contains("AAON|aaon|CLEARWAY|ZURN").all()


@pytest.mark.parametrize(
    ("text", "field"),
    [
        (downloaded(lines=WHOLE[:1]), "sum of Weight (%)"),
        (downloaded(lines=[*WHOLE, *WHOLE]), "sum of Weight (%)"),
        (downloaded(lines=[x.replace('"Equity"', '"Bond"') for x in WHOLE]), "Asset Class"),
        (downloaded(title="iShares Core S&P 500 ETF"), "fund"),
        (downloaded(asof='"-"'), "holdings as of"),
        (downloaded(asof='"May 13, 1901"'), "holdings as of"),
        (downloaded('"TOO","MANY"' + ',"x"' * 20), "line"),
    ],
)
def test_a_file_that_is_not_what_it_claims_is_refused_whole(tmp_path, text, field):
    path = tmp_path / "IWM_holdings.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RefusedFileError) as raised:
        list(SOURCE.read(path, Seen()))
    assert raised.value.field == field
    assert raised.value.expected
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("content", [b"", b"Ticker,Name\nA,B\n", b"\x00\x01PAR1", b"\xff\xfe\xfd"])
def test_other_files_are_not_recognised(tmp_path, content):
    path = tmp_path / "IWM_holdings_2025-05-13.csv"
    path.write_bytes(content)
    assert not SOURCE.recognise(path)
    assert not SOURCE.recognise(tmp_path)
    assert not SOURCE.recognise(tmp_path / "absent.csv")


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("name", "fund", "lines", "skipped"),
    [
        ("IWB_holdings_2026-04-13_resaved_in_excel.csv", "IWB", 1003, 6),
        ("IWC_holdings_2022-05-09_headless.csv", None, 1765, 10),
        ("IWM_holdings_2025-05-13.csv", "IWM", 1928, 16),
        ("IWM_holdings_2026-01-21.csv", "IWM", 1943, 14),
        ("IWM_holdings_2026-04-10.csv", "IWM", 1927, 14),
    ],
)
def test_real_files(real_data, name, fund, lines, skipped):
    path = real_data / "membership" / "raw" / name
    assert SOURCE.recognise(path)
    chunks = {chunk.table: chunk for chunk in SOURCE.read(path, Seen())}
    members = chunks["membership"]
    assert (members.rows.height, members.skipped, members.rejected.height) == (lines, skipped, 0)
    assert 98 <= members.rows["weight"].sum() <= 100
    if fund:
        assert chunks["fund_snapshot"].rows["fund"].to_list() == [fund]
    prepared = pl.read_parquet(real_data / "membership" / "membership.parquet")
    same = prepared.join(
        members.rows.select("asof", pl.col("index").cast(pl.String)).unique(), on=["asof", "index"]
    )
    assert set(members.rows["ticker"]) <= set(same["ticker"])
    assert len(set(same["ticker"]) - set(members.rows["ticker"])) <= 6
