"""Repaired share counts in pandas, as a pandas user would write it.

What the prices show is worked out by pandas. The pass over the sessions, whose state of one
session rests on the one before, is numpy on any side: it is the program's own
(`recon.master.share_scan`), fed and read here.
"""

import numpy as np
import pandas as pd

from benchmarks.pandas_types import found
from recon.master.share_scan import Scan
from recon.master.share_splits import USUAL, nearest_ratio, simple_ratios
from recon.master.share_state import Answer, Observed
from recon.master.share_trials import LAG
from recon.master.share_units import NOT_UNITS, ONE_CLASS

MIN_SPLIT, LARGE_SPLIT = np.log(1.15), np.log(3.5)


def repaired(window: pd.DataFrame) -> pd.DataFrame:
    """Share count of each line at the last session of a window.

    Parameters
    ----------
    window : pd.DataFrame
        Daily quotes, as from `recon.master.window.two_years`.

    Returns
    -------
    pd.DataFrame
        By symbol: `shares`, `provenance`.
    """
    row, days = pd.factorize(window["session"], sort=True)
    line, lines = pd.factorize(window["line"], sort=True)
    shape = (len(days), len(lines))
    close = window["close"].to_numpy()
    cap = window["market_cap"].to_numpy()
    price, count = np.full(shape, np.nan), np.full(shape, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        log_close = np.where(close > 0, np.log(close), np.nan)
        price[row, line] = log_close
        count[row, line] = np.where(cap > 0, np.log(cap), np.nan) - log_close
    split, renewed = np.zeros(shape), np.zeros(shape, bool)
    breaks = _breaks(window)
    at = (days.searchsorted(breaks["session"]), lines.searchsorted(breaks["line"]))
    split[at] = np.log(breaks["factor"]).fillna(0.0)
    renewed[at] = breaks["renewed"]
    scan = Scan(len(lines))
    number = days.to_numpy().astype("datetime64[D]").astype(int)
    for i, day in enumerate(number):
        answer = scan.step(Observed(int(day), count[i], price[i], split[i], renewed[i]))
    return _said(window[row == len(days) - 1], lines, int(day), answer)


def _breaks(window: pd.DataFrame) -> pd.DataFrame:
    """Splits and renewals that the prices show."""
    step = window[["session", "line", "exchange", "close", "netchange"]].sort_values(
        ["line", "session"]
    )
    step["restated"] = step["close"] - step["netchange"]
    step["ordinal"] = pd.factorize(step["session"], sort=True)[0]
    of_line = step.groupby("line")
    step["before"] = of_line["close"].shift()
    step["apart"] = of_line["ordinal"].diff()
    step["raw"] = step["before"] / step["restated"]
    step = step[(step["apart"] <= 10) & (step["before"] > 0) & step["restated"].notna()]
    same = (step["raw"] - 1).abs() < 0.0005
    share = (
        same[step["apart"] == 1]
        .groupby([step["session"], step["exchange"]], observed=True)
        .mean()
        .rename("share")
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        jump = np.log(step["raw"]).abs()
        moved = np.log(step["close"] / step["before"]).abs()
    vanished = (step["restated"] <= 0) & (moved > MIN_SPLIT)
    broken = (step["restated"] > 0) & (jump > MIN_SPLIT)
    jumps = step.assign(jump=jump, vanished=vanished, broken=broken)[broken | vanished]
    jumps = jumps.join(share[share >= 0.8], on=["session", "exchange"])
    raw, restated = jumps["raw"], jumps["restated"]
    nearest = nearest_ratio(raw.to_numpy(), simple_ratios())
    usual = nearest_ratio(raw.to_numpy(), np.array(USUAL))
    off = (jumps["before"] / nearest - restated).abs()
    simple = jumps["broken"] & (
        (off <= 0.00011 + 0.00006 / nearest) | ((nearest < 1) & (off <= 0.002 * restated))
    )
    with np.errstate(invalid="ignore"):
        near = np.log(raw / usual).abs() < 0.06
    blurred = jumps["broken"] & near & (jumps["jump"] > LARGE_SPLIT)
    comparable = jumps["share"].notna()
    plain = comparable & (jumps["apart"] == 1)
    gapped = comparable & (jumps["apart"] != 1) & (jumps["jump"] > np.log(1.9))
    jumps["factor"] = np.select(
        [(plain | gapped) & simple, ~plain & blurred], [nearest, usual], np.nan
    )
    jumps["renewed"] = plain & ~simple & (jumps["vanished"] | (jumps["jump"] > np.log(2)))
    return jumps[jumps["factor"].notna() | jumps["renewed"]]


def _said(now: pd.DataFrame, lines: pd.Index, day: int, answer: Answer) -> pd.DataFrame:
    state = pd.DataFrame(
        {
            "level": np.exp(answer.level),
            "units": np.exp(answer.units),
            "age": day - answer.level_day,
            "since_split": day - answer.split_day,
            "trial": answer.trial,
        },
        index=lines,
    )
    rows = now.join(state, on="line")
    reported = rows["market_cap"] / rows["close"]
    reported = reported.where((rows["market_cap"] > 0) & (rows["close"] > 0))
    names = rows["name"].astype(str)
    several = found(names, ONE_CLASS) & ~found(names, NOT_UNITS)
    units = several & rows["units"].notna()
    held = rows["trial"] >= 0
    by_split = (rows["trial"] == LAG) | (rows["since_split"] <= 20)
    stale = reported.isna() & (rows["age"] > 370)
    provenance = np.select(
        [rows["level"].isna() | stale, units, reported.isna(), held & by_split, held],
        ["missing", "carried:units", "carried", "repaired:split", "repaired:glitch"],
        "reported",
    )
    shares = np.select(
        [provenance == "missing", units, provenance == "reported"],
        [np.nan, rows["units"], reported],
        rows["level"],
    )
    said = {"shares": shares, "provenance": provenance}
    return pd.DataFrame(said, index=rows["symbol"].astype(str))
