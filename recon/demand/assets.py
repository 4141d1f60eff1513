"""Assets that track each index: a dated table, with the source of every row.

The default is the size of public funds and nothing else. It is a floor: separate accounts and
collective trusts are not in it, and until July 2026 it holds the iShares funds only, because no
dated figure of Vanguard's is at hand (methodology §5 puts all Russell 2000 index money at about
twice its funds in 2026). Totals that no source splits by index ($176bn passive in small caps at
the end of 2016, $466bn in styles at the end of 2019) are left out. Whoever knows better writes
their own file:

    index,vehicle,assets_usd,effective,known_at,source
    R2000,all index money,250000000000,2026-07-15,2026-07-15,our estimate

`effective` is the day that the figure is of, `known_at` the day at whose end in New York it is
known. The newest figure of each vehicle that is known at the moment counts, however old, and the
vehicles of an index are added up. A later figure is never used, nor is an old one moved with the
market: one of before a fall makes demand too large by as much.
"""

from pathlib import Path
from typing import Final

import dataframely as dy
import polars as pl

from recon.calendar import end_of_day_expr
from recon.contracts import FIRST_DAY, LAST_SESSION, LONGEST_TEXT, TEXT
from recon.errors import InputError
from recon.sources.own_tables import read_table
from recon.store import AsOf

INDEXES: Final = ("R1000", "R2000", "R3000", "RMIDCAP", "RMICRO")
"""Indexes whose members and weights are computed."""
STYLED: Final = ("R1000", "R2000", "RMIDCAP")
"""Indexes with a Growth and a Value half that the table may name: `R1000G`, `R1000V`."""
DEFAULT: Final = Path(__file__).parent / "data" / "assets.csv"


class Assets(dy.Schema):
    """Assets in one vehicle that tracks one index, on one day."""

    index = dy.Enum(
        [*INDEXES, *(f"{i}{style}" for i in STYLED for style in "GV")], primary_key=True
    )
    vehicle = dy.String(primary_key=True, min_length=1, max_length=LONGEST_TEXT, regex=TEXT)
    """A fund, or any other name for money that is counted once."""
    assets_usd = dy.Float64(min=0.0, max=1e14)
    effective = dy.Date(primary_key=True, min=FIRST_DAY, max=LAST_SESSION)
    known_at = dy.Date(primary_key=True, min=FIRST_DAY, max=LAST_SESSION)
    """Part of the key: a figure may be corrected."""
    source = dy.String(min_length=1, max_length=LONGEST_TEXT, regex=TEXT)

    @dy.rule()
    def effective_before_known(cls) -> pl.Expr:  # noqa: N805 - a rule is given the class
        """No figure is of a day after the one on which it was known."""
        return cls.effective.col <= cls.known_at.col


def read_assets(path: Path | None = None) -> pl.DataFrame:
    """Read a table of assets.

    Parameters
    ----------
    path : Path, optional
        The user's own CSV, in place of the default as a whole.

    Returns
    -------
    pl.DataFrame
        Columns of `Assets`; USD.

    Raises
    ------
    InputError
        If the file cannot be read, lacks a column, or a row breaks a rule of `Assets`.
    """
    source = DEFAULT if path is None else path
    if not source.is_file():
        raise InputError("no such table of assets", field="assets", value=source)
    table = read_table(source)
    columns = Assets.column_names()
    if set(table.columns) != set(columns):
        raise InputError(
            f"Table of assets {source.name} has other columns",
            field="header",
            value=",".join(table.columns),
            expected=",".join(columns),
        )
    typed = table.select(
        pl.col("index").cast(Assets.index.dtype, strict=False),
        "vehicle",
        pl.col("assets_usd").cast(pl.Float64, strict=False),
        pl.col("effective").str.to_date("%Y-%m-%d", strict=False),
        pl.col("known_at").str.to_date("%Y-%m-%d", strict=False),
        "source",
    )
    good, bad = Assets.filter(typed)
    broken = sorted(bad.counts())
    if broken:
        raise InputError(
            f"Table of assets {source.name} does not fit",
            field="rule",
            value=", ".join(broken),
            expected="rows like R2000,IWM,67686569117,2023-12-27,2023-12-28,issuer",
        )
    return good


def assets_at(table: pl.DataFrame, known: AsOf) -> pl.DataFrame:
    """Assets that are known at a moment to track each index.

    Growth and Value assets count toward the index that they halve, if both are known. Every
    company's float is split between the two (methodology §5), so a fund of each holds, over its
    half's share of the index, what a fund of the whole would: with halves of like size a company
    of average style is traded exactly as by one fund of both. Nothing public says a company's
    style; one wholly of one style is traded by more or less in proportion to
    assets over share of the index: within 4 % for IWO and IWN in 2026, within 12 % for IWF and IWD
    at the end of 2023. Where one half alone is known, it is left out.

    Parameters
    ----------
    table : pl.DataFrame
        As from `read_assets`.
    known : AsOf
        Gives the moment.

    Returns
    -------
    pl.DataFrame
        One row per index that has any: `index`, `assets_usd`, `vehicles` (text), `oldest` and
        `newest` (days that the figures are of).
    """
    moment = known.moment.replace(tzinfo=None)
    newest = (
        table.filter(end_of_day_expr("known_at") <= moment)
        .sort("effective", "known_at")
        .unique(["index", "vehicle"], keep="last", maintain_order=True)
        .with_columns(pl.col("index").cast(pl.String))
        .with_columns(style=pl.col("index").str.extract(r"^(?:R\d+|RMIDCAP)([GV])$"))
        .with_columns(index=pl.col("index").str.strip_suffix(pl.col("style").fill_null("-")))
    )
    halves = pl.col("style").drop_nulls().n_unique().over("index")
    return (
        newest.filter(pl.col("style").is_null() | (halves == 2))
        .sort("index", "style", "vehicle", nulls_last=False)
        .group_by("index", maintain_order=True)
        .agg(
            pl.col("assets_usd").sum(),
            vehicles=pl.col("vehicle").str.join(" + "),
            oldest=pl.col("effective").min(),
            newest=pl.col("effective").max(),
        )
    )
