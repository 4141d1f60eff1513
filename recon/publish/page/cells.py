"""The candidates: what stands in their cells, and what they are sorted and filtered by."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from recon.publish.page.model import Page
from recon.publish.words import above, money, percent, price, reasons, signed_percent

Row = Mapping[str, Any]
DIGITS: Final = 6
"""Significant figures of a number that the script sorts and filters by."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Attributes
    ----------
    key, title : str
        Its name for programs, and for people.
    cell : callable
        From a row to the text of its cell.
    sort : str or None
        Column of the list that it is sorted by, where that is not the text.
    hint : str
        What the title does not say.
    """

    key: str
    title: str
    cell: Callable[[Row], str]
    sort: str | None = None
    hint: str = ""

    @property
    def number(self) -> bool:
        """Whether it stands to the right."""
        return self.sort is not None and self.key not in {"call", "line"}


def _other(row: Row) -> str:
    index = row["from_index"] if row["action"] == "add" else row["to_index"]
    word = "from" if row["action"] == "add" else "to"
    return f"{word} {index}" if index else ""


def _dollars(usd: float | None) -> str:
    if usd is None:
        return "–"
    return f"{'−' if usd < 0 else '+'}{money(abs(usd))}"


_COLUMNS: Final = (
    Column("company", "Company", lambda r: r["company"] or ""),
    Column("index", "Index", lambda r: r["index"]),
    Column("action", "Action", lambda r: "▲ add" if r["action"] == "add" else "▼ delete"),
    Column("other", "From / to", _other, None, "the other side of a move between indexes"),
    Column("chance", "Chance", lambda r: percent(r["probability"]), "probability"),
    Column("call", "Call", lambda r: "● call" if r["call"] else "", "call"),
    Column("rank", "Rank", lambda r: "–" if r["rank"] is None else f"{r['rank']:,}", "rank"),
    Column("cap", "Total cap", lambda r: money(r["total_cap_usd"]), "total_cap_usd"),
    Column(
        "line",
        "Line",
        lambda r: (r["breakpoint"] or "").removeprefix("band_").replace("_", " "),
        "breakpoint_cap_usd",
        "the break-point or band edge that decides",
    ),
    Column(
        "distance",
        "Above line",
        lambda r: signed_percent(above(r["distance"])) or "–",
        "distance",
        "of the company's cap",
    ),
    Column(
        "price",
        "Price",
        lambda r: "–" if r["price_usd"] is None else price(r["price_usd"]),
        "price_usd",
    ),
    Column(
        "days",
        "Days",
        lambda r: "–" if r["days_of_volume"] is None else f"{r['days_of_volume']:,.1f}",
        "days_of_volume",
        "of median dollar volume, if it happens",
    ),
    Column(
        "usd",
        "To trade",
        lambda r: _dollars(r["usd_to_trade"]),
        "usd_to_trade",
        "by index funds if it happens, netted over all indexes",
    ),
    Column(
        "model",
        "Model",
        lambda r: percent(r["model_probability"]),
        "model_probability",
        "the model's own chance, before anything official",
    ),
    Column("reasons", "Reasons", lambda r: reasons(r["verdict_reasons"])),
)


def columns(page: Page) -> tuple[Column, ...]:
    """Columns of the candidates after the symbol; the model's own where a list is official."""
    forecast = page.run.status == "forecast"
    return tuple(one for one in _COLUMNS if one.key != "model" or not forecast)


def candidates(page: Page) -> list[tuple[str, str, list[str]]]:
    """Symbol, action and cells of every candidate, in the list's order."""
    shown = columns(page)
    return [
        (row["symbol"], row["action"], [one.cell(row) for one in shown])
        for row in page.rows.iter_rows(named=True)
    ]


def values(page: Page) -> dict[str, list[Any]]:
    """What the script sorts and filters by: one list a column, and the place of each company."""
    places = {company: i for i, company in enumerate(page.reasons)}
    found = page.rows.select(
        "index",
        "action",
        pl.col("call").cast(pl.Int8),
        chance=pl.col("probability").round_sig_figs(DIGITS),
        **{
            one.key: pl.col(one.sort).cast(pl.Float64).round_sig_figs(DIGITS)
            for one in columns(page)
            if one.sort is not None and one.key not in {"chance", "call"}
        },
        name=pl.col("company_id").replace_strict(places, return_dtype=pl.Int64),
    )
    return found.to_dict(as_series=False)
