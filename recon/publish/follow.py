"""After the preliminary list the list follows what is official; the model's own view stays beside.

A company that the newest official list names goes where the list says; one that it does not name
stays on its side of the Russell 3000. The lists do not tell the Russell 1000 from the Russell
2000: given the official side, that share stays the model's.
"""

from typing import Final

import polars as pl

from recon.pipeline import Run

_LARGE: Final = 0.5
"""Share from which on a company is called to the Russell 1000."""


def follow(placed: pl.DataFrame, run: Run) -> pl.DataFrame:
    """Replace chances and calls by what is official.

    Parameters
    ----------
    placed : pl.DataFrame
        The run's companies with `called`, `p_in`, `p_large`, `size_cap`.
    run : Run
        As from `recon.pipeline.run`.

    Returns
    -------
    pl.DataFrame
        `placed` with `model_in` and `model_large`, what `p_in` and `p_large` were, and those
        two and `called` as is official.
    """
    kept = placed.with_columns(model_in="p_in", model_large="p_large")
    if run.official.is_empty():
        return kept
    share = (
        pl.when(pl.col("model_in") > 0)
        .then((pl.col("model_large") / pl.col("model_in")).clip(0, 1))
        .otherwise((pl.col("total_cap_usd") >= pl.col("size_cap")).cast(pl.Float64))
        .fill_null(0.0)
    )
    inside = pl.col("official_in")
    return (
        kept.join(official_side(run), on="company_id", how="left", maintain_order="left")
        .with_columns(
            p_in=inside.cast(pl.Float64),
            p_large=inside.cast(pl.Float64) * share,
            # Who is called inside anyway keeps the side that it is called to.
            called=pl.when(inside).then(
                pl.coalesce(
                    "called",
                    pl.when(share >= _LARGE).then(pl.lit("R1000")).otherwise(pl.lit("R2000")),
                )
            ),
        )
        .drop("official_in")
    )


def named_lines(run: Run) -> pl.DataFrame:
    """Lines of the run as the newest official list names them.

    Returns
    -------
    pl.DataFrame
        Rows of `run.lines` that can be in an index, with `named` (`add`, `delete` or null).
    """
    names = (
        run.official.drop_nulls("security_id")
        .sort("security_id", "action")
        .unique("security_id", keep="first", maintain_order=True)
        .select("security_id", named="action")
    )
    shown = run.lines.filter(pl.col("role").is_not_null())
    return shown.join(names, on="security_id", how="left", maintain_order="left")


def official_side(run: Run) -> pl.DataFrame:
    """Whether each company is in the Russell 3000 after the event, by the newest official list.

    A member leaves if its pricing vehicle is named for deletion, or every line of it that is in
    the index; a further class alone may go while the company stays.

    Returns
    -------
    pl.DataFrame
        `company_id`, `official_in` (bool).
    """
    deleted = (pl.col("named") == "delete").fill_null(False)
    sides = (
        named_lines(run)
        .group_by("company_id")
        .agg(
            member=pl.col("size").is_not_null().any(),
            added=(pl.col("named") == "add").fill_null(False).any(),
            leaves=(deleted & (pl.col("role") == "pricing_vehicle")).any()
            | (deleted.any() & (deleted | pl.col("size").is_null()).all()),
        )
    )
    return sides.select(
        "company_id", official_in=pl.col("added") | (pl.col("member") & ~pl.col("leaves"))
    )


def not_followed(run: Run) -> tuple[list[str], list[str]]:
    """Official names that the list cannot show.

    Returns
    -------
    strangers : list of str
        Tickers that mean no line of the run.
    at_odds : list of str
        Tickers of lines to be added that are members before by the lists used, or to be deleted
        that are none.
    """
    shown = named_lines(run).select("security_id", inside=pl.col("size").is_not_null())
    met = run.official.join(shown, on="security_id", how="left", maintain_order="left")
    stranger = pl.col("inside").is_null()
    odd = pl.col("inside") == (pl.col("action") == "add")
    return met.filter(stranger)["ticker"].to_list(), met.filter(odd)["ticker"].to_list()
