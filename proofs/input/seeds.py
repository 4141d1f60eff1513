"""Small cut-outs of real files, made when they are needed and never kept: what is changed.

Where there is no real data the simulated market stands in; what neither has is in
`proofs.input.invented`.
"""

import io
import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import polars as pl
import pypdfium2 as pdfium

from proofs.input.invented import invented
from proofs.input.mutate import Kinds
from proofs.input.seed import Seed, parquet

ROWS: Final = 60
SPANS: Final = frozenset({"session", "known_at"})
"""What shifts in a history of sightings when a row is set aside: the snapshot that ended it."""


def seeds(data: Path) -> list[Seed]:
    """Cut everything out of a folder laid out as the real data is."""
    data = data.resolve()  # git is run in folders of its own
    made = [*_tables(data), *_texts(data), *_pdfs(data), *_repository(data), *invented()]
    return [one for one in made if one.content]


_SYMBOLS: Final = {"symbol", "ticker", "Cusip", "Ticker", "old_symbol", "new_symbol", "cik"}
_DAYS: Final = {
    "session",
    "first_seen",
    "last_seen",
    "asof",
    "effective_date",
    "asof_before",
    "snapshot_date",
    "from_date",
    "to_date",
    "start_date",
    "end_date",
}
_NUMBERS: Final = {
    "close",
    "netchange",
    "volume",
    "market_cap",
    "weight",
    "shares",
    "price",
    "market_value",
}


def kinds_of(columns: list[str]) -> Kinds:
    """Columns by what their cells are."""
    named = {"symbol": _SYMBOLS, "day": _DAYS, "number": _NUMBERS}
    return {name: kind for kind, names in named.items() for name in columns if name in names}


def _tables(data: Path) -> Iterator[Seed]:
    reference = data / "reference"
    sec, directory = reference / "sec_filer_metadata", reference / "nasdaqtrader_symdir"
    files = [
        ("screener_parquet", data / "market" / "screener_daily.parquet", frozenset[str]()),
        ("screener_parquet", data / "market" / "screener_listings.parquet", SPANS),
        ("membership_table", data / "membership" / "membership.parquet", frozenset[str]()),
        ("symbol_changes", reference / "adanos_ticker_db" / "symbol_changes.parquet", frozenset()),
        (
            "cusip_tickers",
            reference / "edgartools_ref" / "cusip_ticker_5.62.1.parquet",
            frozenset(),
        ),
        (
            "financedatabase",
            reference / "financedatabase" / "us_equities_2021_2023_snapshots.parquet",
            frozenset(),
        ),
        (
            "sec_cik_mapper",
            reference / "sec_cik_mapper" / "cik_ticker_history_2021_2025.parquet",
            SPANS,
        ),
        ("sec_former_names", sec / "company_former_names_2024-10.parquet", frozenset()),
        ("sec_filer_metadata", sec / "company_metadata_2024-10.parquet", frozenset()),
        ("sec_company_tickers_table", sec / "company_tickers_2024-10.parquet", frozenset()),
        ("sec_filer_history", sec / "listed_filer_metadata_history.parquet", SPANS),
        ("sec_filer_names", sec / "listed_filer_names.parquet", frozenset()),
        ("ticker_cik_map", reference / "ticker_cik_map.parquet", SPANS),
    ]
    for target, path, loose in files:
        if path.is_file():
            frame = pl.scan_parquet(path).head(ROWS).collect()
            if target == "sec_filer_names":
                ended = pl.scan_parquet(path).filter(pl.col("end_date").is_not_null())
                frame = ended.head(ROWS).collect()
            if frame.is_empty():
                continue
            yield Seed(target, path.name, parquet(frame), "parquet", kinds_of(frame.columns), loose)
            if target == "sec_company_tickers_table":
                yield _live_list(frame)
    for name in ("nasdaqlisted", "otherlisted"):
        path = directory / f"{name}_intervals.parquet"
        if path.is_file():
            frame = pl.scan_parquet(path).head(ROWS).collect()
            dates = directory / f"{name}_snapshot_dates.parquet"
            kinds = {"first_seen": "day", "last_seen": "day"}
            yield Seed(
                "symbol_directory_intervals",
                path.name,
                parquet(frame),
                "parquet",
                kinds,
                SPANS,
                {dates.name: dates.read_bytes()},
            )
            yield Seed(
                "symbol_directory_dates",
                dates.name,
                dates.read_bytes(),
                "parquet",
                {"snapshot_date": "day"},
            )
            yield _live_directory(frame, name)


def _live_list(frame: pl.DataFrame) -> Seed:
    rows = {
        str(n): {"cik_str": int(one["cik"]), "ticker": one["ticker"], "title": one["title"]}
        for n, one in enumerate(frame.to_dicts())
    }
    kinds = {"ticker": "symbol", "cik_str": "symbol"}
    return Seed(
        "sec_company_tickers",
        "company_tickers_2025-05-01.json",
        json.dumps(rows).encode(),
        "json",
        kinds,
    )


def _live_directory(frame: pl.DataFrame, name: str) -> Seed:
    columns = [
        one for one in frame.columns if one not in {"first_seen", "last_seen", "Company Name"}
    ]
    lines = ["|".join(columns)]
    lines += [
        "|".join(str(cell or "").replace("|", " ") for cell in row)
        for row in frame.select(columns).rows()
    ]
    lines.append("File Creation Time: 0430202621:31" + "|" * (len(columns) - 1))
    return Seed("symbol_directory", f"{name}.txt", "\r\n".join(lines).encode() + b"\r\n", "text")


def _texts(data: Path) -> Iterator[Seed]:
    membership = data / "membership"
    day, symbol = {"list_date": "day"}, {"ticker": "symbol"}
    files: list[tuple[str, Path, Kinds]] = [
        ("announced_changes", membership / "announced_changes.csv", day | symbol),
        ("derived_migrations", membership / "derived_migrations.csv", {"ticker_norm": "symbol"}),
        ("place_codes", data / "reference" / "edgartools_ref" / "place_codes.csv", {}),
    ]
    for target, path, kinds in files:
        if path.is_file():
            lines = path.read_bytes().splitlines(keepends=True)[:ROWS]
            if len(lines) > 1:
                yield Seed(target, path.name, b"".join(lines), "csv" if kinds else "text", kinds)
    for path in sorted((membership / "raw").glob("*.csv")):
        yield Seed("ishares_holdings", path.name, _fewer_holdings(path), "text")


def _fewer_holdings(path: Path) -> bytes:
    """Keep the largest holdings, their weights brought to a whole."""
    lines = path.read_bytes().decode("utf-8-sig").splitlines()
    place = next((n for n, line in enumerate(lines) if "Ticker" in line and "Weight" in line), None)
    if place is None or not any('"Equity"' in line or ",Equity," in line for line in lines):
        return b""
    head = [cell.strip().strip('"') for cell in lines[place].split(",")]
    table = pl.read_csv(
        "\n".join(lines[place : place + 41]).encode(),
        infer_schema=False,
        truncate_ragged_lines=True,
    )
    weights = table["Weight (%)"].cast(pl.Float64)
    table = table.with_columns(
        (weights * 99.5 / weights.sum()).round(5).cast(pl.String).alias("Weight (%)")
    )
    table = table.rename(dict(zip(table.columns, head, strict=False)), strict=False)
    return (
        "\n".join(lines[:place]) + ("\n" if place else "") + table.write_csv(quote_style="always")
    ).encode()


def _pdfs(data: Path) -> Iterator[Seed]:
    for path in sorted((data / "membership" / "raw").glob("*.pdf")):
        with pdfium.PdfDocument(path) as whole, pdfium.PdfDocument.new() as first:
            first.import_pages(whole, [0])
            buffer = io.BytesIO()
            first.save(buffer)
        # PDFium draws a name for every file that it writes, and puts the time into it.
        fixed = _DRAWN.sub(lambda one: re.sub(rb"[0-9A-F]", b"1", one[0]), buffer.getvalue())
        yield Seed("ftse_russell_pdf", path.name, fixed, "pdf")


_DRAWN: Final = re.compile(rb"<[0-9A-F]{32}>|(?<=/CreationDate\(D:)\d{14}")


EXCHANGES: Final = ("nasdaq", "nyse", "amex")


def _repository(data: Path) -> Iterator[Seed]:
    bundle = next(iter((data / "market").glob("*.bundle")), None)
    with TemporaryDirectory() as name:
        folder = Path(name)
        files = _snapshots(bundle, folder) if bundle is not None else _invented()
        mine = folder / "mine"
        _git(folder, "init", "-q", "-b", "main", str(mine))
        for stamp, exchange, content in files:
            file = mine / exchange / f"{exchange}_full_tickers.json"
            file.parent.mkdir(exist_ok=True)
            file.write_bytes(content)
            if exchange == EXCHANGES[-1]:
                _git(mine, "add", "-A")
                _git(mine, "commit", "-q", "-m", "x", stamp=stamp)
        _git(mine, "bundle", "create", "-q", str(folder / "cut"), "main")
        made = (folder / "cut").read_bytes()
    real = bundle is not None
    yield Seed("us_stock_symbols_git", "cut.bundle", made, "bundle", real=real)
    kinds = {"lastsale": "number", "netchange": "number", "volume": "number", "symbol": "symbol"}
    yield Seed(
        "us_stock_symbols_json",
        "nasdaq_full_tickers_2025-04-30.json",
        files[0][2],
        "json",
        kinds,
        real=real,
    )


def _snapshots(bundle: Path, folder: Path) -> list[tuple[str, str, bytes]]:
    _git(folder, "clone", "-q", "--bare", str(bundle), "whole")
    whole = folder / "whole"
    commits = _git(whole, "log", "--format=%H %aI", "-3", "main").decode().splitlines()
    files = []
    for line in reversed(commits):
        commit, stamp = line.split()
        for exchange in EXCHANGES:
            content = json.loads(
                _git(whole, "show", f"{commit}:{exchange}/{exchange}_full_tickers.json")
            )
            files.append((stamp, exchange, json.dumps(content[:20]).encode()))
    return files


def _invented() -> list[tuple[str, str, bytes]]:
    lines = [
        {
            "symbol": f"Q{n}",
            "name": f"Quill {n} Inc. Common Stock",
            "lastsale": "$1.5",
            "netchange": "0.1",
            "volume": "1000",
            "marketCap": "1500000.00",
            "country": "United States",
            "ipoyear": "2020",
            "sector": "Finance",
            "industry": "Banks",
        }
        for n in range(20)
    ]
    content = {n: json.dumps(lines[n:]).encode() for n in (1, 2)}
    return [
        (f"2025-05-0{n}T00:27:00Z", exchange, content[n]) for n in (1, 2) for exchange in EXCHANGES
    ]


def _git(folder: Path, *arguments: str, stamp: str = "2025-01-01T00:00:00Z") -> bytes:
    who = {
        f"GIT_{one}_{what}": "x" for one in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
    }
    when = {"GIT_AUTHOR_DATE": stamp, "GIT_COMMITTER_DATE": stamp}
    return subprocess.run(
        ["git", *arguments],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "HOME": str(folder), **who, **when},
        capture_output=True,
        check=True,
    ).stdout
