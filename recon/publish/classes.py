"""Further classes that join or leave while their company stays (methodology §3.1)."""

import polars as pl

from recon.pipeline import Run
from recon.publish.follow import named_lines, official_side
from recon.publish.sides import UNKNOWN_PASS
from recon.ruling import BEFORE


def class_rows(run: Run) -> pl.DataFrame:
    """Rows of further classes whose company stays in the Russell 3000.

    Parameters
    ----------
    run : Run
        As from `recon.pipeline.run`.

    Returns
    -------
    pl.DataFrame
        One row per line and index (the Russell 3000 and the company's size index), as
        `recon.publish.candidates.candidates` expands them. Once a list is official the calls are
        its own; `model_probability` and `rules_call` stay what they were.
    """
    official = not run.official.is_empty()
    inside, joins = pl.col("size").is_not_null(), pl.col("line_eligible")
    further = pl.col("role") == "additional_class"
    ruled = further & (inside != joins) & pl.col("left_on").is_null()
    action = pl.when(inside).then(pl.lit("delete")).otherwise(pl.lit("add"))
    # Nor is a deletion sure: what trades of a class is seen, what float it has is not.
    presumed = pl.when(ruled).then(UNKNOWN_PASS).otherwise(0.0)
    named = pl.col("named").eq_missing(action)
    lines = (
        named_lines(run)
        # A list may put one class in the place of another, the pricing vehicle included.
        .filter(further | pl.col("named").is_not_null())
        .join(_staying(run), on="company_id")
        .with_columns(
            action=action,
            rules_call=ruled,
            call=named if official else ruled,
            model_probability=presumed,
            probability=named.cast(pl.Float64) if official else presumed,
            price_usd="close",
        )
        .filter(pl.col("call") | pl.col("rules_call"))
    )
    columns = ("company_id", "security_id", "symbol", "exchange", "role", "price_usd")
    said = ("action", "probability", "model_probability", "call", "rules_call")
    own_size = pl.when(pl.col("action") == "add").then("to_size").otherwise("size")
    return pl.concat(
        lines.select(*columns, *said, index=index) for index in (pl.lit("R3000"), own_size)
    )


def _staying(run: Run) -> pl.DataFrame:
    """Members that stay, by what is official or else by the rules, with their size index."""
    members = run.companies.filter(pl.col("member"))
    if run.official.is_empty():
        return members.filter(pl.col("to_size").is_not_null()).select("company_id", "to_size")
    return members.join(
        official_side(run).filter("official_in"), on="company_id", how="semi"
    ).select("company_id", to_size=pl.coalesce("to_size", BEFORE))
