"""The listed lines of the simulated companies, their official names and their symbols in time."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from recon.sources.simulated.kinds import KINDS
from recon.sources.simulated.names import new_stems, symbols

LINE_COLUMNS = ("company", "share_type", "symbol", "exchange", "name", "born", "gone")
_US = ("operating", "bank", "reit", "up_c")


def draw_lines(rng: np.random.Generator, companies: pl.DataFrame) -> pl.DataFrame:
    """Give every company its lines.

    Parameters
    ----------
    rng : Generator
        Source of chance.
    companies : DataFrame
        From `draw_companies`.

    Returns
    -------
    DataFrame
        One row a line: `line` (0 …), `company`, `share_type` (common, additional_class, adr,
        unit, warrant, right, preferred, note), `symbol` as the screener writes it, `exchange`,
        `name` (official security name), `born`, `gone`.
    """
    two, slashed = _classes(rng, companies)
    commons = _commons(rng, companies, two, slashed)
    parts = [
        commons,
        _second_classes(companies, two, slashed),
        *_spac_lines(rng, companies),
        *_preferreds(rng, companies),
        _notes(rng, companies),
    ]
    lines = pl.concat([part.select(LINE_COLUMNS) for part in parts])
    return lines.with_row_index("line").with_columns(pl.col("line").cast(pl.Int32))


def _classes(
    rng: np.random.Generator, companies: pl.DataFrame
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Choose companies with two listed classes, and those whose first class has a slash too."""
    able = companies["structure"].is_in(["operating", "bank"]) & (companies["born"] == 0)
    large = (companies["cap"] > 1e9).to_numpy()
    chance = np.where(large, 0.04, 0.008)
    two = able.to_numpy() & (rng.random(companies.height) < chance)
    # Holdings print XMR/A as XMRA, which would be another company's symbol.
    classes = [companies["symbol"] + letter for letter in "AB"]
    two &= ~np.any([c.is_in(companies["symbol"].implode()).to_numpy() for c in classes], axis=0)
    nyse = (companies["exchange"] == "nyse").to_numpy()
    return two, two & nyse & (rng.random(companies.height) < 0.15)


def _commons(
    rng: np.random.Generator,
    companies: pl.DataFrame,
    two: NDArray[np.bool_],
    slashed: NDArray[np.bool_],
) -> pl.DataFrame:
    choices = {kind.name: kind.line for kind in KINDS}
    one_class = np.array(
        [rng.choice(choices.get(s, ("Common Stock",))) for s in companies["structure"]]
    )
    trust = companies["name"].str.ends_with("Properties Trust").to_numpy()
    one_class[trust] = "Common Shares of Beneficial Interest"
    up_c = (companies["structure"] == "up_c").to_numpy()
    nasdaq = (companies["exchange"] == "nasdaq").to_numpy()
    one_class[(two & nasdaq) | up_c] = "Class A Common Stock"
    # NYSE writes lines of two-class companies without their type, and so does the screener.
    one_class[two & ~nasdaq] = ""
    return companies.select(
        "company",
        "exchange",
        "born",
        "gone",
        share_type=pl.when(structure="foreign_adr").then(pl.lit("adr")).otherwise(pl.lit("common")),
        symbol=pl.when(pl.Series(slashed)).then(pl.col("symbol") + "/A").otherwise("symbol"),
        name=pl.concat_str("name", pl.Series(one_class), separator=" ").str.strip_chars(),
    )


def _second_classes(
    companies: pl.DataFrame, two: NDArray[np.bool_], slashed: NDArray[np.bool_]
) -> pl.DataFrame:
    nasdaq = pl.col("exchange") == "nasdaq"
    slash = pl.when(pl.Series(slashed)).then(pl.lit("/B")).otherwise(pl.lit("/A"))
    return (
        companies.with_columns(slash=slash)
        .filter(pl.Series(two))
        .select(
            "company",
            "exchange",
            "born",
            "gone",
            share_type=pl.lit("additional_class"),
            symbol=pl.col("symbol") + pl.when(nasdaq).then(pl.lit("B")).otherwise("slash"),
            name=pl.when(nasdaq).then(pl.col("name") + " Class B Common Stock").otherwise("name"),
        )
    )


def _spac_lines(rng: np.random.Generator, companies: pl.DataFrame) -> list[pl.DataFrame]:
    """Units, warrants and rights: a fifth letter on Nasdaq, `/WS` on NYSE."""
    spacs = companies.filter(structure="spac")
    nasdaq = spacs.filter(exchange="nasdaq")
    rights = pl.Series(rng.random(nasdaq.height) < 0.35)
    nyse = spacs.filter(exchange="nyse").with_columns(symbol=pl.col("symbol") + "/WS")
    return [
        _named(nasdaq, "unit", "U", "Unit"),
        _named(nasdaq.filter(~rights), "warrant", "W", "Warrant"),
        _named(nasdaq.filter(rights), "right", "R", "Right"),
        _named(nyse, "warrant", "", ""),
    ]


def _preferreds(rng: np.random.Generator, companies: pl.DataFrame) -> list[pl.DataFrame]:
    able = companies.filter(
        pl.col("structure").is_in(["bank", "reit"]) & (pl.col("cap") > 1e9) & (pl.col("born") == 0)
    )
    nyse = able.filter(exchange="nyse")
    nyse = nyse.filter(pl.Series(rng.random(nyse.height) < 0.7))
    series = pl.concat(
        [
            nyse.filter(pl.Series(rng.random(nyse.height) < chance)).with_columns(
                series=pl.lit(letter)
            )
            for letter, chance in (("A", 0.95), ("B", 0.6), ("C", 0.4), ("D", 0.2))
        ]
    )
    coupon = pl.Series(np.round(rng.uniform(4, 9, series.height) * 8) / 8).cast(pl.String)
    hatted = series.with_columns(
        symbol=pl.format("{}^{}", "symbol", "series"),
        name=pl.format(
            "{} {}% Series {} Cumulative Redeemable Preferred Stock", "name", coupon, "series"
        ),
    )
    nasdaq = able.filter(exchange="nasdaq")
    nasdaq = nasdaq.filter(pl.Series(rng.random(nasdaq.height) < 0.5))
    depositary = (
        "Depositary Shares Each Representing a 1/40th Interest in a Share of Preferred Stock"
    )
    return [
        _named(hatted, "preferred", "", ""),
        _named(nasdaq, "preferred", "P", depositary),
    ]


def _notes(rng: np.random.Generator, companies: pl.DataFrame) -> pl.DataFrame:
    able = companies.filter(
        (pl.col("structure").is_in(["bdc", "reit"]) | (pl.col("cap") > 2e10))
        & pl.col("structure").is_in([*_US, "bdc"])
        & (pl.col("born") == 0)
        & (pl.col("symbol").str.len_chars() == 4)
    )
    able = able.filter(pl.Series(rng.random(able.height) < 0.35))
    due = pl.Series(rng.integers(2027, 2032, able.height)).cast(pl.String)
    rate = pl.Series(np.round(rng.uniform(4, 9, able.height) * 8) / 8).cast(pl.String)
    named = able.with_columns(name=pl.format("{} {}% Senior Notes due {}", "name", rate, due))
    return _named(named, "note", "Z", "")


def _named(companies: pl.DataFrame, share_type: str, suffix: str, words: str) -> pl.DataFrame:
    return companies.with_columns(
        share_type=pl.lit(share_type),
        symbol=pl.col("symbol") + suffix,
        name=(pl.col("name") + " " + words).str.strip_chars(),
    )


def draw_periods(rng: np.random.Generator, lines: pl.DataFrame, sessions: int) -> pl.DataFrame:
    """Say under which symbol and name each line trades when: renames and reused symbols.

    Parameters
    ----------
    rng : Generator
        Source of chance.
    lines : DataFrame
        From `draw_lines`.
    sessions : int
        Sessions of the window.

    Returns
    -------
    DataFrame
        `line`, `company`, `symbol`, `exchange`, `name`, `since` (session, included) and
        `until` (excluded), by symbol; a line that is renamed has two rows, and a symbol may
        come back under another company.
    """
    single = lines.filter(pl.len().over("company") == 1).filter(share_type="common")
    reused = _reused(single, sessions)
    whole = lines.join(reused, on="line", how="left").select(
        "line", "company", "name", "exchange", symbol=pl.coalesce("reused", "symbol"),
        since="born", until="gone",
    )  # fmt: skip
    settled = single.join(reused, on="line", how="anti").filter(born=0, gone=sessions)
    changed = settled.filter(pl.Series(rng.random(settled.height) < 0.014 * sessions / 252))
    taken = set(lines["symbol"].str.replace("/", "", literal=True))
    fresh = [s for s in symbols(rng, np.full(changed.height * 2 + 50, 4)) if s not in taken]
    moves = changed.select(
        "line",
        moved=pl.Series(rng.integers(sessions // 4, sessions - 5, changed.height)),
        after=pl.Series(fresh[: changed.height], dtype=pl.String),
        stem=pl.Series(new_stems(rng, changed.height), dtype=pl.String),
    )
    both = whole.join(moves, on="line", how="left")
    old = both.with_columns(until=pl.coalesce("moved", "until"))
    new = both.filter(pl.col("moved").is_not_null()).with_columns(
        since="moved",
        symbol="after",
        name=pl.concat_str("stem", pl.col("name").str.replace(r"^\S+ ", ""), separator=" "),
    )
    return (
        pl.concat([old, new])
        .select("line", "company", "symbol", "exchange", "name", "since", "until")
        .sort("symbol", "exchange", "since")
    )


def _reused(single: pl.DataFrame, sessions: int) -> pl.DataFrame:
    """Pair early leavers with late newcomers of the same exchange."""
    rank = pl.int_range(pl.len()).over("exchange")
    leavers = (
        single.filter(pl.col("gone") < sessions // 3)
        .sort("gone")
        .select("exchange", reused="symbol", pair=rank)
    )
    newcomers = single.filter(pl.col("born") > sessions * 2 // 3).sort("born")
    return (
        newcomers.select("line", "exchange", pair=rank)
        .filter(pl.col("pair") < 4)
        .join(leavers, on=["exchange", "pair"])
        .select("line", "reused")
    )
