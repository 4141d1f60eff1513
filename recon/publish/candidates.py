"""From a run to its candidate list.

Every company that is in an index before and not after, or the other way round, gives rows: one
per index, action and line. So do companies near enough to a line to change sides before rank
day, with the probability of the change.
"""

import polars as pl

from recon.demand.build import COLUMNS
from recon.forecast.outlook import Outlook
from recon.pipeline import Run
from recon.publish.candidate import FRAME_SCHEMA, SCHEMA_VERSION
from recon.publish.classes import class_rows
from recon.publish.follow import named_lines
from recon.publish.sides import STAND_IN, sides

MIN_PROBABILITY = 0.01
"""Rows below this are left out unless the rules call them (design, The candidate list)."""


def candidates(
    run: Run, outlook: Outlook | None = None, *, least: float = MIN_PROBABILITY
) -> pl.DataFrame:
    """Candidate list of a run.

    Parameters
    ----------
    run : Run
        As from `recon.pipeline.run`.
    outlook : Outlook, optional
        Of the same run; without it the chances are a stand-in and the calls the rules'.
    least : float
        Rows of a smaller probability (fraction) are left out, unless they are called; 0 gives
        every company.

    Returns
    -------
    pl.DataFrame
        Columns and types of `FRAME_SCHEMA`, sorted by index, action and probability.
    """
    rows = company_rows(run, outlook)
    wanted = rows.filter(pl.col("call") | pl.col("rules_call") | (pl.col("probability") >= least))
    lines = (
        named_lines(run)
        .filter(pl.col("left_on").is_null() | pl.col("named").is_not_null())
        .select(
            "company_id",
            "security_id",
            "symbol",
            "exchange",
            "role",
            "size",
            "micro",
            "line_eligible",
            "named",
            price_usd="close",
        )
    )
    # A company that the rules refuse may still be admitted, by its pricing vehicle at least.
    may_join = pl.col("line_eligible") | (pl.col("role") == "pricing_vehicle")
    # A list names each line that enters the Russell 3000; of moves within it, it says nothing.
    enters = pl.col("from_index").is_null() & (pl.col("index") != "RMICRO")
    followed = pl.col("call") & enters & pl.lit(not run.official.is_empty())
    joins = pl.when(followed).then(pl.col("named").eq_missing("add")).otherwise(may_join)
    was_in = pl.when(pl.col("index") == "RMICRO").then("micro").otherwise("size_member")
    expanded = (
        wanted.join(lines, on="company_id")
        .with_columns(size_member=pl.col("size").is_not_null())
        .filter(pl.when(pl.col("action") == "add").then(joins).otherwise(was_in))
    )
    version = STAND_IN if outlook is None else outlook.model_version
    classes = class_rows(run)
    # What is certain of a class wins over the chance of its company to go the same way.
    others = expanded.join(classes, on=["index", "action", "symbol"], how="anti")
    return _stamp(pl.concat([others, classes], how="diagonal_relaxed"), run, version)


def company_rows(run: Run, outlook: Outlook | None = None) -> pl.DataFrame:
    """Chance of every company to enter or leave each index, however small.

    Parameters
    ----------
    run : Run
        As from `recon.pipeline.run`.
    outlook : Outlook, optional
        As for `candidates`.

    Returns
    -------
    pl.DataFrame
        One row per company and index: `company_id`, `index`, `action` (`add` for a company
        that is not in the index, else `delete`), `from_index`, `to_index`, `probability` and,
        the same before anything official, `model_probability` (fractions), `call`, `rules_call`
        (bool), `breakpoint`, `breakpoint_cap_usd`. The Microcap has rows only where a recent list
        of its members is known, and then only for changes.
    """
    placed = sides(run, outlook)
    return pl.concat([_r3000(placed), _size(placed), _micro(placed, run)], how="diagonal_relaxed")


_KEEP = (
    "company_id",
    "index",
    "action",
    "from_index",
    "to_index",
    "probability",
    "model_probability",
    "call",
    "rules_call",
    "breakpoint",
    "breakpoint_cap_usd",
)


def _r3000(placed: pl.DataFrame) -> pl.DataFrame:
    add = pl.col("before").is_null()
    return placed.select(
        "company_id",
        index=pl.lit("R3000"),
        action=pl.when(add).then(pl.lit("add")).otherwise(pl.lit("delete")),
        from_index=pl.lit(None, pl.String),
        to_index=pl.lit(None, pl.String),
        probability=pl.when(add).then("p_in").otherwise(1 - pl.col("p_in")),
        model_probability=pl.when(add).then("model_in").otherwise(1 - pl.col("model_in")),
        call=add == pl.col("called").is_not_null(),
        rules_call=add == pl.col("after").is_not_null(),
        breakpoint="cut_name",
        breakpoint_cap_usd="cut_cap",
    ).select(_KEEP)


def _size(placed: pl.DataFrame) -> pl.DataFrame:
    """Rows for the Russell 1000 and 2000: into and out of each, migrations paired."""
    p_small, model_small = (
        (pl.col(f"{whose}_in") - pl.col(f"{whose}_large")).clip(0, 1) for whose in ("p", "model")
    )
    frames = []
    for index, other, probability, own in (
        ("R1000", "R2000", pl.col("p_large"), pl.col("model_large")),
        ("R2000", "R1000", p_small, model_small),
    ):
        inside = (pl.col("before") == index).fill_null(False)
        lands = (pl.col("after") == index).fill_null(False)
        called = (pl.col("called") == index).fill_null(False)
        near_cut = pl.lit(index == "R2000") & (pl.col("before").is_null() | inside)
        # Where calls and rules differ, a migration is what is called.
        ends = pl.when(called != lands).then("called").otherwise("after")
        moves = pl.when(inside).then(ends == other).otherwise(pl.col("before") == other)
        frames.append(
            placed.select(
                "company_id",
                index=pl.lit(index),
                action=pl.when(inside).then(pl.lit("delete")).otherwise(pl.lit("add")),
                from_index=pl.when(moves)
                .then(pl.when(inside).then(pl.lit(index)).otherwise(pl.lit(other)))
                .otherwise(None),
                to_index=pl.when(moves)
                .then(pl.when(inside).then(pl.lit(other)).otherwise(pl.lit(index)))
                .otherwise(None),
                probability=pl.when(inside).then(1 - probability).otherwise(probability),
                model_probability=pl.when(inside).then(1 - own).otherwise(own),
                call=inside != called,
                rules_call=inside != lands,
                breakpoint=pl.when(near_cut & ~moves.fill_null(False))
                .then("cut_name")
                .otherwise("size_line"),
                breakpoint_cap_usd=pl.when(near_cut & ~moves.fill_null(False))
                .then("cut_cap")
                .otherwise("size_cap"),
            ).select(_KEEP)
        )
    return pl.concat(frames)


def _micro(placed: pl.DataFrame, run: Run) -> pl.DataFrame:
    """Microcap rows, only where a recent list of its members is known."""
    line = next(
        (b for b in run.breakpoints if b.name == f"rank_{run.rulebook.ranks.microcap_high}"), None
    )
    if run.membership.micro is None or line is None:
        return pl.DataFrame()
    changed = placed.filter(pl.col("was_micro") != pl.col("to_micro").fill_null(False))
    return changed.select(
        "company_id",
        index=pl.lit("RMICRO"),
        action=pl.when("was_micro").then(pl.lit("delete")).otherwise(pl.lit("add")),
        from_index=pl.lit(None, pl.String),
        to_index=pl.lit(None, pl.String),
        probability=pl.lit(0.5),
        model_probability=pl.lit(0.5),
        call=pl.lit(True),
        rules_call=pl.lit(True),
        breakpoint=pl.lit(line.name),
        breakpoint_cap_usd=pl.lit(line.cap_usd),
    ).select(_KEEP)


def _stamp(rows: pl.DataFrame, run: Run, version: str) -> pl.DataFrame:
    """Add what is the same for the whole run, and the company's own figures."""
    event = run.event
    own = run.companies.select(
        "company_id", "cik", "rank", "total_cap_usd", verdict_reasons="reasons", company="name"
    )
    is_line = pl.col("breakpoint_cap_usd").is_finite() & (pl.col("breakpoint_cap_usd") > 0)
    lined = rows.with_columns(
        breakpoint=pl.when(is_line).then("breakpoint"),
        breakpoint_cap_usd=pl.when(is_line).then("breakpoint_cap_usd"),
    )
    stamped = lined.join(own, on="company_id").with_columns(
        schema_version=pl.lit(SCHEMA_VERSION),
        run_id=pl.lit(run.run_id),
        event=pl.lit(event.id),
        leg=pl.lit(event.leg),
        as_of=pl.lit(run.as_of),
        data_cutoff=pl.lit(run.session),
        rank_day=pl.lit(event.rank_day),
        effective_date=pl.lit(event.effective),
        rulebook_version=pl.lit(run.rulebook.version),
        model_version=pl.lit(version),
        status=pl.lit(run.status),
        distance=(pl.col("total_cap_usd") / pl.col("breakpoint_cap_usd")).log(),
        **dict.fromkeys(COLUMNS, pl.lit(None)),
    )
    return stamped.select(pl.col(name).cast(kind) for name, kind in FRAME_SCHEMA.items()).sort(
        ["index", "action", "probability", "company_id", "symbol"],
        descending=[False, False, True, False, False],
    )
