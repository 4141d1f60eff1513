"""What a desk receives: orders in every form that it takes, the list behind them, a manifest.

| file | for whom |
|---|---|
| `orders.xlsx` | people: orders, days, the list, the run |
| `orders.csv` | spreadsheets; texts that one would run as formulas are neutralised |
| `orders.parquet` | programs: one row a line |
| `orders.json`, `orders.schema.json` | programs: orders, days and book in one document |
| `basket.csv` | an order system: symbol, side, quantity, order type, date |
| `list.parquet` | programs: the candidate list |
| `profile.json` | the profile with every value |
| `manifest.json` | run, moment, checksums |

A symbol that an order system could take for something else never reaches the basket: its name is
blocked (`recon.orders.ideas.TRADEABLE`), so the basket needs no apostrophes.
"""

from collections.abc import Mapping
from typing import Any, Final

import polars as pl

from recon.orders.build import Orders
from recon.orders.order import Document
from recon.orders.profile import Profile
from recon.pipeline import Run
from recon.publish.formats import document, encode
from recon.publish.manifest import MANIFEST, Manifest, files_of
from recon.publish.spreadsheet import Sheet, spreadsheet_csv, workbook

WHOLE: Final = "#,##0"
PERCENT: Final = "0.0"
FORMATS: Final = {
    **dict.fromkeys(
        (
            "target_shares",
            "target_usd",
            "quantity",
            "demand_usd",
            "median_volume_usd",
            "hedge_usd",
            "loss_at_stop_usd",
            "rank",
            "total_cap_usd",
            "breakpoint_cap_usd",
            "shares_to_trade",
            "usd_to_trade",
        ),
        WHOLE,
    ),
    **dict.fromkeys(("price_usd", "stop_price_usd"), "#,##0.00##"),
    **dict.fromkeys(
        (
            "percent_of_book",
            "participation_percent",
            "percent_of_demand",
            "daily_volatility_percent",
            "stop_percent",
            "demand_days",
            "days_of_volume",
            "abnormal_volume",
        ),
        PERCENT,
    ),
    **dict.fromkeys(
        ("probability", "model_probability", "beta", "urgency", "distance", "roll_spread"), "0.00"
    ),
    **dict.fromkeys(("weight_before", "weight_after"), "0.0000%"),
}
"""Number formats of the sheets; percent columns hold percent already and take no sign."""
BASKET: Final = ("symbol", "side", "quantity", "order_type", "date")
"""Columns of the basket for an order system."""


def basket(schedule: pl.DataFrame) -> pl.DataFrame:
    """Give all days of all orders as an order system takes them, entries and exits.

    Parameters
    ----------
    schedule : pl.DataFrame
        As `recon.orders.build.Orders.schedule`.
    """
    return schedule.select(BASKET)


def desk_files(
    run: Run, rows: pl.DataFrame, found: Orders, profile: Profile
) -> tuple[str, dict[str, bytes]]:
    """Everything that a desk receives.

    Parameters
    ----------
    run : Run
        Of the list.
    rows : pl.DataFrame
        The candidate list, its demand columns filled.
    found : Orders
        As from `recon.orders.build.orders`.
    profile : Profile
        That they were made under.

    Returns
    -------
    name : str
        Of the folder: run, profile and a digest of the files.
    contents : dict of str to bytes
        Files by name, the manifest last; equal runs give equal bytes.
    """
    versions = rows["model_version"].unique().sort().to_list()
    head = {
        "run_id": run.run_id,
        "profile": profile.id,
        "event": run.event.id,
        "as_of": run.as_of,
        "data_cutoff": run.session,
        "priced_on": found.book.priced_on,
        "hindsight": run.hindsight,
        "simulated": run.simulated,
        "rulebook_version": run.rulebook.version,
        "model_version": ", ".join(versions) or "none",
    }
    contents = {
        "orders.csv": spreadsheet_csv(found.rows),
        "orders.parquet": encode(found.rows, "parquet"),
        "orders.json": found.document().model_dump_json(indent=2).encode() + b"\n",
        "orders.schema.json": document(Document.model_json_schema()),
        "orders.xlsx": _workbook(head, rows, found, profile),
        "basket.csv": encode(basket(found.schedule), "csv"),
        "list.parquet": encode(rows, "parquet"),
        "profile.json": document(profile.model_dump(mode="json")),
    }
    told = Manifest.model_validate({**head, "files": files_of(contents)})
    contents[MANIFEST] = told.model_dump_json(indent=2).encode() + b"\n"
    return f"{run.run_id}_{profile.id}_{told.digest}", contents


def _workbook(
    head: Mapping[str, Any], rows: pl.DataFrame, found: Orders, profile: Profile
) -> bytes:
    said = {**head, **found.book.model_dump(mode="json"), **profile.model_dump(mode="json")}
    return workbook(
        {
            # What a reader looks for first stands first; the run's own columns are on its sheet.
            "orders": Sheet(found.rows.select(_readable(found.rows.columns)), FORMATS, 1),
            "days": Sheet(found.schedule, FORMATS, 2),
            "list": Sheet(rows, FORMATS),
            "run": Sheet(_pairs(said), {}, 1),
        }
    )


def _readable(columns: list[str]) -> list[str]:
    """Columns of the orders sheet: without what is the same in every row."""
    same = {"schema_version", "run_id", "profile", "event", "as_of", "priced_on", "company_id"}
    return [name for name in columns if name not in same | {"security_id"}]


def _pairs(said: Mapping[str, Any]) -> pl.DataFrame:
    """Names and values, one a row; values within values by their whole name."""
    flat = list(_leaves(said))
    return pl.DataFrame(
        {"name": [name for name, _ in flat], "value": [value for _, value in flat]},
        schema={"name": pl.String, "value": pl.String},
    )


def _leaves(said: Mapping[str, Any], before: str = "") -> list[tuple[str, str]]:
    found = []
    for name, value in said.items():
        if isinstance(value, Mapping):
            found += _leaves(value, f"{before}{name}.")
        elif isinstance(value, list | tuple):
            found.append((f"{before}{name}", ", ".join(str(one) for one in value)))
        else:
            found.append((f"{before}{name}", "" if value is None else str(value)))
    return found
