"""A run of a few companies, made by hand: four large, four small, two beyond, three that fail."""

from datetime import date
from typing import Any

import polars as pl

from recon.assign import assign, break_points
from recon.calendar import event
from recon.master.company import companies
from recon.master.membership import Membership
from recon.master.snapshots import Snapshot
from recon.pipeline import Run
from recon.rulebook import Rulebook, load
from recon.rulebook.model import Ranks
from recon.screen import eligibility, screen

DAY = date(2024, 4, 30)
_RANKS = Ranks(
    top_50=1,
    top_200=2,
    top_500=3,
    russell_1000=4,
    microcap_high=6,
    russell_3000=8,
    russell_3000e=10,
)

# symbol, company, type, close, shares in millions, index before
_LINES: tuple[tuple[str, str, str, float, float | None, str | None], ...] = (
    ("AAA", "A", "common", 100.0, 1000.0, "R1000"),
    ("BBB/A", "B", "common", 50.0, 1600.0, "R1000"),
    ("BBB/B", "B", "additional_class", 40.0, 1600.0, "R1000"),
    ("BBB^C", "B", "preferred", 25.0, None, None),
    ("CCC", "C", "common", 60.0, 1000.0, "R2000"),
    ("DDD", "D", "common", 40.0, 1000.0, "R1000"),
    ("EEE", "E", "common", 30.0, 100.0, "R2000"),
    ("FFF", "F", "common", 20.0, 100.0, None),
    ("GGG", "G", "common", 10.0, 100.0, "R2000"),
    ("HHH", "H", "common", 9.0, 100.0, "R2000"),
    ("III", "I", "common", 8.0, 100.0, "R2000"),
    ("JJJ", "J", "common", 7.0, 100.0, None),
    ("KKK", "K", "common", 0.5, 1000.0, "R2000"),
    ("LLL", "L", "bdc", 20.0, 1000.0, None),
    ("MMM", "M", "common", 5.0, None, None),
    ("NNN/WS", "N", "warrant", 1.0, None, None),
)


def small_rulebook() -> Rulebook:
    """The rulebook of June 2024 with ten companies for four thousand."""
    return load(event("2024-06")).model_copy(update={"ranks": _RANKS})


def small_lines() -> pl.DataFrame:
    """Lines as the master gives them, known at the close of `DAY`."""
    rows: list[dict[str, Any]] = [
        {
            "symbol": symbol,
            "company_id": f"name:{company}",
            "security_type": kind,
            "close": close,
            "shares": None if shares is None else shares * 1e6,
            "size": size,
        }
        for symbol, company, kind, close, shares, size in _LINES
    ]
    vehicle = pl.col("symbol") == pl.col("symbol").first().over("company_id")
    structure = pl.when(pl.col("security_type") == "bdc").then(pl.lit("bdc"))
    return pl.DataFrame(rows, infer_schema_length=None).with_columns(
        session=pl.lit(DAY),
        exchange=pl.lit("nyse"),
        name=pl.format("{} Inc.", "company_id"),
        life=pl.format("{}:2021-01-29", "symbol"),
        security_id=pl.format("{}:2021-01-29", "symbol"),
        micro=pl.lit(False),
        cik=pl.lit(None, pl.String),
        incorporation=pl.lit("US"),
        headquarters=pl.lit("US"),
        domestic_filer=pl.lit(True),
        type_reason=pl.lit("by_hand"),
        structure=structure.otherwise(pl.lit("corporation")),
        structure_reason=pl.lit("by_hand"),
        provenance=pl.when(pl.col("shares").is_null())
        .then(pl.lit("missing"))
        .otherwise(pl.lit("reported")),
        shares_reported=pl.col("shares"),
        note=pl.lit(""),
        mean_price_usd=pl.col("close"),
        addtv_usd=pl.col("close") * 1e6,
        passed_over=pl.lit(None, pl.String),
        refusals=pl.lit(None, pl.Int64),
        role=pl.when(pl.col("security_type").is_in(["preferred", "warrant"]))
        .then(None)
        .when(vehicle)
        .then(pl.lit("pricing_vehicle"))
        .otherwise(pl.lit("additional_class")),
    )


def small_securities() -> pl.DataFrame:
    """Lives of the symbols, of one that CCC traded under before, and of one that went."""
    own = small_lines().select(
        "life",
        "symbol",
        "exchange",
        "security_id",
        first=pl.lit(date(2021, 1, 29)),
        gone=pl.lit(None, pl.Date),
        first_name="name",
        last_name="name",
    )
    older = [
        ("OLDC", "CCC:2021-01-29", date(2022, 6, 9)),
        ("GONE", "GONE:2021-01-29", date(2023, 3, 1)),
    ]
    past = pl.DataFrame(
        [
            {
                "life": f"{symbol}:2021-01-29",
                "symbol": symbol,
                "exchange": "nyse",
                "security_id": security,
                "first": date(2021, 1, 29),
                "gone": gone,
                "first_name": f"{symbol} Inc.",
                "last_name": f"{symbol} Inc.",
            }
            for symbol, security, gone in older
        ]
    )
    return pl.concat([own, past.select(own.columns)])


def small_run(**changes: Any) -> Run:
    """The run; `changes` replace fields of `Run`."""
    rulebook = small_rulebook()
    lines = small_lines()
    owned = companies(lines)
    verdicts = screen(owned, rulebook)
    judged = owned.join(eligibility(verdicts), on="company_id", how="left")
    ranked = assign(judged.filter("eligible"), rulebook)
    placed = judged.join(
        ranked.select("company_id", "rank", "percent", "to_size", "to_micro"),
        on="company_id",
        how="left",
    )
    eligible = placed.select("company_id", company_eligible="eligible")
    members = lines.filter(pl.col("size").is_not_null()).select(
        "security_id",
        "name",
        "size",
        ticker="symbol",
        micro=pl.lit(False),
        since=pl.lit("snapshot"),
    )
    snapshots = tuple(
        Snapshot(index, date(2024, 3, 28), "etf_ishares", f"{index}.csv")
        for index in ("R1000", "R2000")
    )
    fields: dict[str, Any] = {
        "event": event("2024-06"),
        "as_of": DAY,
        "session": DAY,
        "hindsight": "strict",
        "simulated": False,
        "status": "forecast",
        "rulebook": rulebook,
        "lines": lines.join(eligible, on="company_id", how="left").with_columns(
            line_eligible=pl.col("role").is_not_null()
            & pl.col("company_eligible").fill_null(False),
            left_on=pl.lit(None, pl.Date),
        ),
        "companies": placed.with_columns(stays=pl.lit(False), left_on=pl.lit(None, pl.Date)),
        "verdicts": verdicts,
        "breakpoints": break_points(ranked["total_cap_usd"].to_numpy(), rulebook),
        "membership": Membership(members, snapshots, None),
        "securities": small_securities(),
        "absent": pl.DataFrame(
            schema={"ticker": pl.String, "size": pl.String, "total_cap_usd": pl.Float64}
        ),
    }
    return Run(**fields | changes)
