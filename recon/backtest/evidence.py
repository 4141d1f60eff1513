"""What is looked at to say why a call was wrong; see `recon.backtest.causes`."""

from typing import Final

import polars as pl

NEAR: Final = 0.05
"""Fraction of the cap at rank 3,000 within which a name is `near the line`."""
PULLED_IN_DAYS: Final = 7
"""Calendar days after the effective day by which a merger may still be pulled into the event
(methodology §1.2: actions completing just after a rebalance)."""
TYPE_RULES: Final = ("exchange", "share_type", "structure")
SIZE_RULES: Final = ("minimum_total_cap",)
OPEN_RULES: Final = ("nationality", "passed_over", "free_float", "voting_rights", "ubti")
"""Rules whose answer public data can leave open: assets, float, votes, UBTI, and what a past
event's refusal rested on."""

OFFERING: Final = "offering"
"""The rule of IPO events alone: how and when a company came to market, and the end of a former
SPAC's lock-ups."""

ERRORS: Final = ("false addition", "missed addition", "false deletion", "missed deletion")

EVIDENCE: Final[dict[str, pl.DataType | type[pl.DataType]]] = {
    "event": pl.String,
    "error": pl.String,
    "symbol": pl.String,
    "name": pl.String,
    "rank_day": pl.Date,
    "effective": pl.Date,
    "resolved": pl.Boolean,
    "quoted": pl.Boolean,
    "begun": pl.Date,
    "gone": pl.Date,
    "name_at_effective": pl.String,
    "member": pl.Boolean,
    "member_later": pl.Boolean,
    "line_was_member": pl.Boolean,
    "rank": pl.Int64,
    "total_cap_usd": pl.Float64,
    "cut_usd": pl.Float64,
    "cut_corrected_usd": pl.Float64,
    "cap_reported": pl.Float64,
    "cap_units": pl.Float64,
    "cap_later": pl.Float64,
    "cap_year": pl.Float64,
    "failed": pl.List(pl.String),
    "failed_later": pl.List(pl.String),
}
"""What the tests look at, one row an error.

`resolved`: the official ticker belongs to a line (true for our own calls); `quoted`: the company
is in the run. `begun`, `gone`: first session of the line and first without it, null while it
trades. `member`: as the run had it; `member_later`: by lists dated up to the effective day;
`line_was_member`: of the official line itself. `cut_usd`: the cap at rank 3,000 of the run;
`cut_corrected_usd`: the same with every company on its official side. Caps in USD at the run's
close: with the reported count, with all units seen before, with the count at the effective day in
shares of rank day, and with all units that a line of one class shows up to a year later.
`failed`: rules that failed; `failed_later`: with the facts of later files.
"""
