"""Files that are in no data of ours, written in the layout that their readers document.

A vendor's table, what a user writes, our own lists and models, an archive of the SEC.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from proofs.input.mutate import Kinds
from proofs.input.seed import Seed, parquet, zipped
from recon.demand.assets import DEFAULT
from recon.orders.profile import default_text


def invented() -> Iterator[Seed]:
    """Tables that users write, and what EDGAR sends, in the layout that the readers document."""
    spoken: dict[str, tuple[str, list[str], Kinds]] = {
        "vendor_counts": (
            "symbol,as_of,shares,known_at,source",
            [
                "GOOGL,2025-01-28,12190000000,2025-02-05,vendor X",
                "MSFT,2025-01-28,7430000000,2025-02-05,vendor X",
            ],
            {"symbol": "symbol", "as_of": "day", "shares": "number", "known_at": "day"},
        ),
        "own_facts": (
            "company,fact,value,known_at,source",
            [
                "0001652044,voting_rights,pass,2025-03-01,proxy",
                "RKT,free_float,fail,2025-04-10,own",
            ],
            {"company": "symbol", "known_at": "day", "value": "symbol", "fact": "symbol"},
        ),
        "own_quoted_spread": (
            "symbol,session,quoted_spread_bps,known_at,source",
            ["GOOGL,2025-02-05,1.2,2025-02-05,x", "MSFT,2025-02-05,1.1,2025-02-05,x"],
            {"symbol": "symbol", "session": "day", "quoted_spread_bps": "number"},
        ),
        "own_implied_volatility": (
            "symbol,session,days,implied_volatility_percent,known_at,source",
            ["GOOGL,2025-02-05,30,31.5,2025-02-05,x", "MSFT,2025-02-05,30,28,2025-02-05,x"],
            {"symbol": "symbol", "days": "number", "implied_volatility_percent": "number"},
        ),
        "own_short_interest": (
            "symbol,settled,shares_short,known_at,source",
            ["GOOGL,2025-01-31,61200000,2025-02-11,FINRA", "A,2025-01-31,1200,2025-02-11,F"],
            {"symbol": "symbol", "settled": "day", "shares_short": "number"},
        ),
    }
    for target, (head, lines, kinds) in spoken.items():
        content = "\n".join([head, *lines]).encode() + b"\n"
        yield Seed(target, "own.csv", content, "csv", kinds, real=False)
    yield Seed(
        "assets",
        "assets.csv",
        DEFAULT.read_bytes(),
        "csv",
        {"assets_usd": "number", "effective": "day", "known_at": "day"},
    )
    yield Seed("profile", "desk.toml", default_text().encode(), "toml")
    yield Seed(
        "rulebook",
        "own.toml",
        b"[eligibility]\nmin_price_usd = 2.0\n[ranking]\n",
        "toml",
        real=False,
    )
    settings = (
        b'store = "out"\nuser_agent = "A Desk a@example.com"\nshare_precedence = ["screener"]\n'
    )
    yield Seed("settings", "recon.toml", settings, "toml", real=False)
    yield from _lists()
    yield from _archives()
    models = Path(__file__).parents[2] / "models"
    for card in sorted(models.glob("recon-*.json"))[:2]:
        model = card.with_suffix(".skops")
        yield Seed(
            "model", model.name, model.read_bytes(), "model", beside={card.name: card.read_bytes()}
        )
        yield Seed(
            "model",
            card.name,
            card.read_bytes(),
            "json",
            {"rows": "number", "data_last": "day"},
            beside={model.name: model.read_bytes()},
        )


def _lists() -> Iterator[Seed]:
    from datetime import date  # noqa: PLC0415

    n = 12
    rows = pl.DataFrame(
        {
            "event": ["2024-06"] * n,
            "as_of": [date(2024, 4, 30)] * n,
            "index": ["R3000"] * n,
            "action": ["add", "delete"] * (n // 2),
            "symbol": [f"Q{i}" for i in range(n)],
            "company": [f"Quill {i} Inc." for i in range(n)],
            "call": [True, False] * (n // 2),
            "probability": [i / n for i in range(n)],
            "rank": list(range(n)),
            "total_cap_usd": [1e9] * n,
            "verdict_reasons": [["a", "b"]] * n,
            "security_id": [f"s{i}" for i in range(n)],
        }
    )
    kinds = {"probability": "number", "as_of": "day", "total_cap_usd": "number"}
    yield Seed("candidate list", "list.parquet", parquet(rows), "parquet", kinds, real=False)
    yield Seed(
        "candidate list",
        "list.json",
        json.dumps(rows.to_dicts(), default=str).encode(),
        "json",
        kinds,
        real=False,
    )
    flat = rows.with_columns(pl.col("verdict_reasons").list.join(";"))
    yield Seed("candidate list", "list.csv", flat.write_csv().encode(), "csv", kinds, real=False)
    about = {
        "run_id": "2024-06_x",
        "event": "2024-06",
        "rulebook_version": "M70",
        "model_version": "m",
    }
    kept = rows.with_columns(
        *(pl.lit(value).alias(name) for name, value in about.items()),
        data_cutoff="as_of",
        hindsight=pl.lit("strict"),
        simulated=pl.lit(value=False),
        made_at=pl.lit("2024-05-01").str.to_datetime(time_zone="UTC"),
    )
    yield Seed("archive", "run.parquet", parquet(kept), "parquet", {"as_of": "day"}, real=False)


def _archives() -> Iterator[Seed]:
    def facts(cik: int) -> dict[str, Any]:
        one = {
            "end": "2025-01-24",
            "val": 15_000_000_000 + cik,
            "accn": "0000320193-25-000008",
            "form": "10-Q",
            "filed": "2025-01-31",
        }
        stated = {"units": {"shares": [one, one | {"end": "2025-04-18", "filed": "2025-05-02"}]}}
        return {
            "cik": cik,
            "entityName": f"Company {cik}",
            "facts": {"dei": {"EntityCommonStockSharesOutstanding": stated}},
        }

    def filer(cik: int) -> dict[str, Any]:
        return {
            "cik": str(cik),
            "entityType": "operating",
            "sic": "3571",
            "name": f"Company {cik}",
            "insiderTransactionForIssuerExists": 1,
            "tickers": ["AAPL"],
            "ein": "942404110",
            "category": "Large accelerated filer",
            "stateOfIncorporation": "CA",
            "addresses": {"business": {"city": "CUPERTINO", "stateOrCountry": "CA"}},
            "formerNames": [
                {"name": "OLD", "from": "1994-01-26T05:00:00Z", "to": "2007-01-04T05:00:00Z"}
            ],
            "filings": {
                "recent": {"form": ["10-K", "4"], "filingDate": ["2024-11-01", "2024-12-01"]}
            },
        }

    def members(make: Any) -> Iterator[tuple[str, bytes]]:
        for cik in range(320193, 320203):
            yield f"CIK{cik:010}.json", json.dumps(make(cik)).encode()

    yield Seed(
        "companyfacts",
        "companyfacts.zip",
        zipped(members(facts)),
        "zip",
        {"val": "number", "end": "day", "filed": "day"},
        real=False,
    )
    yield Seed(
        "sec_submissions_zip",
        "submissions_2026-05-01.zip",
        zipped(members(filer)),
        "zip",
        {"from": "day", "to": "day", "filingDate": "day"},
        real=False,
    )
    yield Seed(
        "sec_submissions",
        "CIK0000320193_2026-05-01.json",
        json.dumps(filer(320193)).encode(),
        "json",
        {"from": "day", "to": "day"},
        real=False,
    )
