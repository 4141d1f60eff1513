"""Master, screen, rank and bands in pandas, as a pandas user would write it: no row loops.

It exists to be measured against and to check the program's answer by other means, so it shares
nothing with the program but the rules, the input, and the pass over share counts (see
`benchmarks.pandas_counts`).
"""

from typing import NamedTuple

import numpy as np
import pandas as pd

from benchmarks.pandas_counts import repaired
from benchmarks.pandas_types import blank_cheques, grouped, types
from recon.master.type_rules import load_type_rules
from recon.rulebook import Rulebook

EQUITY = ["common", "additional_class", "tracking_stock", "reit"]
SHOWN = [*EQUITY, "adr", "lp", "llc", "royalty_trust", "closed_end_fund", "bdc", "spac"]
CHINA = ["CN", "HK", "MO"]
YEAR = 252


class Answer(NamedTuple):
    """What pandas makes of the same input."""

    companies: pd.DataFrame
    lines: dict[str, float]


def master(lines: pd.DataFrame, window: pd.DataFrame, elsewhere: pd.DataFrame) -> pd.DataFrame:
    """Lines with their types, companies and share counts.

    Parameters
    ----------
    lines : pd.DataFrame
        Lines of one session with the facts that are read of them, and nothing that is computed
        here.
    window : pd.DataFrame
        Daily quotes of two years, as from `recon.master.window.two_years`; texts as categories.
    elsewhere : pd.DataFrame
        By symbol: `shares` and `provenance` where a count is not the screener's.
    """
    owned = grouped(blank_cheques(types(lines, load_type_rules()), window))
    return owned.join(elsewhere.combine_first(repaired(window)), on="symbol")


def ruling(
    lines: pd.DataFrame, window: pd.DataFrame, absent: pd.DataFrame, rulebook: Rulebook
) -> Answer:
    """Pricing vehicles, companies, verdicts, ranks and sides.

    Parameters
    ----------
    lines, window
        As from `master` and for it.
    absent : pd.DataFrame
        Members that do not trade in the data.
    rulebook : Rulebook
        In force at the event.
    """
    priced = _vehicles(lines, window, rulebook)
    whole = _companies(priced, _mean_price(window, rulebook))
    whole = whole.join(_screened(whole, rulebook))
    return _ranked(whole, absent, rulebook)


def _vehicles(lines: pd.DataFrame, window: pd.DataFrame, rulebook: Rulebook) -> pd.DataFrame:
    window = window.assign(
        traded=window["volume"].gt(0), dollars=window["close"] * window["volume"]
    )
    sums = window.groupby("security_id", observed=True).agg(
        two_year_volume=("volume", "sum"), days_traded=("traded", "sum")
    )
    year = window[window["session"] >= np.sort(window["session"].unique())[-YEAR:][0]]
    dollars = year.groupby("security_id", observed=True)["dollars"].mean()
    frame = lines.merge(sums, on="security_id", how="left").merge(
        dollars.rename("addtv_usd"), on="security_id", how="left"
    )
    rules = rulebook.pricing_vehicle
    frame["equity"] = frame["security_type"].isin(EQUITY)
    frame["shown"] = frame["security_type"].isin(SHOWN)
    frame["amount"] = frame["two_year_volume"].fillna(frame["volume"]).fillna(0.0)
    member = frame["size"].notna().groupby(frame["company_id"]).transform("any")
    frame["seasoned"] = ~member | (frame["days_traded"] >= rules.min_trading_days)
    best = frame["amount"].where(frame["equity"]).groupby(frame["company_id"]).transform("max")
    frame["near"] = frame["amount"] >= best * (1 - rules.volume_tolerance_percent / 100)
    # Without an equity line there is no volume to be near to.
    frame["near"] = frame["near"].astype("float").where(best.notna(), np.nan)
    by = ["company_id", "equity", "shown", "seasoned", "near", "shares", "amount", "symbol"]
    frame = frame.sort_values(
        by, ascending=[True, *[False] * 6, True], na_position="last", kind="stable"
    )
    frame["first"] = frame["shown"] & (frame.groupby("company_id").cumcount() == 0)
    return frame


def _mean_price(window: pd.DataFrame, rulebook: Rulebook) -> pd.Series:
    rules = rulebook.eligibility
    last = window["session"].max()
    if rules.min_price_lookback_unit == "session":
        days = np.sort(window["session"].unique())[-rules.min_price_lookback_days :]
        lately = window["session"].isin(days)
    else:
        lately = window["session"] > last - pd.Timedelta(days=rules.min_price_lookback_days)
    late = window[lately].groupby("security_id", observed=True)
    return late["close"].mean().rename("mean_price_usd")


def _companies(lines: pd.DataFrame, mean_price: pd.Series) -> pd.DataFrame:
    lines["cap"] = lines["shares"] * lines["close"]
    lines["counted"] = lines["cap"].where(lines["equity"] & (lines["cap"] > 0))
    grouped = lines.assign(r1000=lines["size"] == "R1000", r2000=lines["size"] == "R2000").groupby(
        "company_id"
    )
    sides = grouped.agg(
        was_r1000=("r1000", "any"),
        was_r2000=("r2000", "any"),
        was_micro=("micro", "any"),
        refused=("passed_over", "first"),
        sibling=("counted", "max"),
    )
    first = lines[lines["first"]].drop(columns="passed_over").set_index("company_id")
    whole = first.join(sides).join(mean_price, on="security_id")
    whole["total_cap_usd"] = whole["cap"].where(whole["cap"] > 0, whole["sibling"])
    own_count = whole["provenance"].where(whole["cap"] > 0)
    whole["bounded"] = own_count == "filled:holdings"
    whole["was_r2000"] &= ~whole["was_r1000"]
    whole["member"] = whole["was_r1000"] | whole["was_r2000"]
    return whole


def _screened(whole: pd.DataFrame, rulebook: Rulebook) -> pd.DataFrame:
    rules, home = rulebook.eligibility, rulebook.nationality
    member, price, cap = whole["member"], whole["close"], whole["total_cap_usd"]
    enough = (
        cap >= rules.min_total_cap_usd
        if rules.min_total_cap_inclusive
        else cap > rules.min_total_cap_usd
    )
    priced = (price >= rules.min_price_usd) | (
        member & (whole["mean_price_usd"] >= rules.min_price_usd)
    )
    seat, domestic = whole["headquarters"], ["US", *home.us_territory_codes]
    havens = [*home.benefit_driven_codes, *home.no_domestic_exchange_codes]
    at_home, inc_us = seat.isin(domestic), whole["incorporation"].isin(domestic)
    files_here = whole["domestic_filer"].eq(True)
    china = seat.isin(CHINA) & ~inc_us & home.china_n_shares_excluded
    abroad = ~member & (
        china | (~at_home & ~seat.isin(havens) & ~(files_here & (seat != "CA")) & seat.notna())
    )
    refused = ~member & whole["refused"].notna() & ~whole["refused"].str.startswith("ipo:").eq(True)
    failed = (
        ~whole["exchange"].isin(rules.exchanges)
        | whole["security_type"].isin(rulebook.share_types_excluded)
        | (whole["structure"].isin(rulebook.structures_excluded) & ~member)
        | (price.notna() & ~priced)
        | (cap.notna() & ~enough)
        | abroad
        | refused
    )
    return pd.DataFrame({"failed": failed, "eligible": ~failed & price.notna() & cap.notna()})


def _ranked(whole: pd.DataFrame, absent: pd.DataFrame, rulebook: Rulebook) -> Answer:
    ranks, width = rulebook.ranks, rulebook.bands.russell_1000_percent
    unsized = whole[whole["member"] & whole["total_cap_usd"].isna() & ~whole["failed"]]
    held, unheld = absent[absent["total_cap_usd"].notna()], absent[absent["total_cap_usd"].isna()]
    unseen_large = unsized["was_r1000"].sum() + (unheld["size"] == "R1000").sum()
    unseen_small = unsized["was_r2000"].sum() + (unheld["size"] == "R2000").sum()
    strangers = pd.DataFrame(
        {
            "total_cap_usd": held["total_cap_usd"].to_numpy(),
            "was_r1000": (held["size"] == "R1000").to_numpy(),
            "was_r2000": (held["size"] == "R2000").to_numpy(),
        },
        index=pd.Index("absent:" + held["ticker"], name="company_id"),
    )
    columns = ["total_cap_usd", "was_r1000", "was_r2000"]
    field = pd.concat([whole.loc[whole["eligible"], columns], strangers]).sort_index()
    field = field.sort_values("total_cap_usd", ascending=False, kind="stable")
    caps = field["total_cap_usd"]
    rank = np.arange(1, len(field) + 1) + unseen_large
    field["rank"] = np.where(rank > ranks.russell_1000, rank + unseen_small, rank)
    field["percent"] = 100 * caps.cumsum() / caps.head(ranks.russell_3000e).sum()
    within = field["rank"] <= ranks.russell_1000
    line = field.loc[within, "percent"].iloc[-1]
    inside = rulebook.bands.edge_inside
    stays = field["percent"].le(line + width) if inside else field["percent"].lt(line + width)
    rises = field["percent"].lt(line - width) if inside else field["percent"].le(line - width)
    large = np.select([field["was_r1000"], field["was_r2000"]], [stays, rises], within)
    side = np.where(large, "R1000", "R2000")
    field["to_size"] = pd.Series(side, field.index).where(field["rank"] <= ranks.russell_3000)
    result = whole.join(field[["rank", "percent", "to_size"]])
    stays = (
        result["member"]
        & ~result["failed"]
        & (
            result["total_cap_usd"].isna()
            | (result["bounded"] & (result["was_r1000"] | result["to_size"].isna()))
        )
    )
    before = np.where(result["was_r1000"], "R1000", "R2000")
    result["to_size"] = result["to_size"].mask(stays, pd.Series(before, result.index))
    lines = {
        "rank_1000": caps[within].iloc[-1],
        "rank_3000": caps[field["rank"] <= ranks.russell_3000].iloc[-1],
        "band_high_1000": caps[field["percent"] < line - width].iloc[-1],
        "band_low_1000": caps[field["percent"] <= line + width].iloc[-1],
    }
    return Answer(result, lines)
