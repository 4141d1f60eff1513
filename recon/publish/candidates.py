"""From a run to its candidate list.

Every company that is in an index before and not after, or the other way round, gives rows: one
per index, action and line. So do companies near enough to a line to change sides before rank
day, with the probability of the change.
"""

import math

import polars as pl
from scipy.special import ndtr  # type: ignore[import-untyped]

from recon.pipeline import Run
from recon.publish import ipo_chances
from recon.publish.candidate import FRAME_SCHEMA, SCHEMA_VERSION

MIN_PROBABILITY = 0.01
"""Rows below this are left out unless the rules call them (design, The candidate list)."""
STAND_IN = "stand-in-1"
"""Name of the probability used until a classifier is trained."""
BASE_SIGMA = 0.08
"""Stand-in: log-cap uncertainty on rank day itself, from share counts that lag."""
DAILY_SIGMA = 0.035
"""Stand-in: log-cap volatility per square root of a session to rank day, of a small company."""
UNKNOWN_PASS = 0.8
"""Stand-in: chance that a company passes the tests that public data leave open."""


def candidates(run: Run) -> pl.DataFrame:
    """Candidate list of a run.

    Parameters
    ----------
    run : Run
        As from `recon.pipeline.run`.

    Returns
    -------
    pl.DataFrame
        Columns and types of `FRAME_SCHEMA`, sorted by index, action and probability.
    """
    rows = company_rows(run)
    wanted = rows.filter(pl.col("rules_call") | (pl.col("probability") >= MIN_PROBABILITY))
    lines = run.lines.filter(pl.col("role").is_not_null()).select(
        "company_id",
        "security_id",
        "symbol",
        "exchange",
        "role",
        "size",
        "micro",
        "line_eligible",
        price_usd="close",
    )
    was_in = pl.when(pl.col("index") == "RMICRO").then("micro").otherwise("size_member")
    expanded = (
        wanted.join(lines, on="company_id")
        .with_columns(size_member=pl.col("size").is_not_null())
        .filter(pl.when(pl.col("action") == "add").then("line_eligible").otherwise(was_in))
    )
    return _stamp(pl.concat([expanded, class_rows(run)], how="diagonal_relaxed"), run)


def class_rows(run: Run) -> pl.DataFrame:
    """Further classes that join or leave while their company stays (methodology §3.1).

    Parameters
    ----------
    run : Run
        As from `recon.pipeline.run`.

    Returns
    -------
    pl.DataFrame
        One row per line and index (the Russell 3000 and the company's size index), as
        `candidates` expands them.
    """
    staying = run.companies.filter(pl.col("member") & pl.col("to_size").is_not_null())
    lines = run.lines.filter(pl.col("role") == "additional_class").join(
        staying.select("company_id", "to_size"), on="company_id"
    )
    inside = pl.col("size").is_not_null()
    changed = lines.filter(inside != pl.col("line_eligible"))
    joins = pl.col("line_eligible")
    common = {
        "action": pl.when(joins).then(pl.lit("add")).otherwise(pl.lit("delete")),
        "probability": pl.when(joins).then(UNKNOWN_PASS).otherwise(1.0),
        "rules_call": pl.lit(True),
        "price_usd": pl.col("close"),
    }
    columns = ("company_id", "security_id", "symbol", "exchange", "role")
    own_size = pl.when(joins).then("to_size").otherwise("size")
    return pl.concat(
        changed.select(*columns, index=index, **common) for index in (pl.lit("R3000"), own_size)
    )


def company_rows(run: Run) -> pl.DataFrame:
    """Chance of every company to enter or leave each index, however small.

    Parameters
    ----------
    run : Run
        As from `recon.pipeline.run`.

    Returns
    -------
    pl.DataFrame
        One row per company and index: `company_id`, `index`, `action` (`add` for a company
        that is not in the index, else `delete`), `from_index`, `to_index`, `probability`
        (fraction), `rules_call` (bool), `breakpoint`, `breakpoint_cap_usd`. The Microcap has
        rows only where a recent list of its members is known, and then only for changes.
    """
    sides = _sides(run)
    return pl.concat([_r3000(sides), _size(sides), _micro(sides, run)], how="diagonal_relaxed")


def _sides(run: Run) -> pl.DataFrame:
    """Before and after per company, with the lines that decide and the chance to cross them."""
    caps = {b.name: b.cap_usd for b in run.breakpoints}
    ranks = run.rulebook.ranks
    # With fewer companies than a line's rank, everybody is above it; without a company above
    # the band, nobody moves up.
    cut = caps.get(f"rank_{ranks.russell_3000}", 0.0)
    middle, low = (caps.get(f"{name}_{ranks.russell_1000}", 0.0) for name in ("rank", "band_low"))
    high = caps.get(f"band_high_{ranks.russell_1000}", math.inf if middle else 0.0)
    sigma = BASE_SIGMA + DAILY_SIGMA * math.sqrt(run.sessions_to_rank_day)
    size_line = (
        pl.when(pl.col("was_r1000"))
        .then(pl.lit(f"band_low_{ranks.russell_1000}"))
        .when(pl.col("was_r2000"))
        .then(pl.lit(f"band_high_{ranks.russell_1000}"))
        .otherwise(pl.lit(f"rank_{ranks.russell_1000}"))
    )
    size_cap = (
        pl.when(pl.col("was_r1000"))
        .then(low)
        .when(pl.col("was_r2000"))
        .then(high)
        .otherwise(middle)
    )
    size = (
        pl.when(pl.col("was_r1000"))
        .then(pl.lit("R1000"))
        .when(pl.col("was_r2000"))
        .then(pl.lit("R2000"))
    )
    open_tests = pl.col("verdict") == "unknown"
    chance = (
        pl.when(~pl.col("eligible"))
        .then(0.0)
        .when(open_tests & ~pl.col("member"))
        .then(UNKNOWN_PASS)
        .otherwise(1.0)
    )
    if run.carried is not None:
        chance = ipo_chances.passes()
    frame = run.companies.with_columns(
        before=size,
        after="to_size",
        cut_name=pl.lit(f"rank_{ranks.russell_3000}"),
        cut_cap=pl.lit(cut),
        size_line=size_line,
        size_cap=size_cap,
        chance=chance,
        log_cap=pl.col("total_cap_usd").log(),
    )
    stays = pl.col("stays")
    unsized = pl.lit(0.0) if run.carried is None else ipo_chances.unsized()
    return frame.with_columns(
        p_in=pl.when(stays)
        .then(1.0)
        .otherwise(_above(frame["log_cap"], frame["cut_cap"], sigma) * pl.col("chance") + unsized),
        p_large=pl.when(stays)
        .then(pl.col("was_r1000").cast(pl.Float64))
        .otherwise(_above(frame["log_cap"], frame["size_cap"], sigma) * pl.col("chance")),
    )


def _above(log_cap: pl.Series, line_cap: pl.Series, sigma: float) -> pl.Series:
    """Chance that a cap ends above a line; 0 where the cap is not known."""
    distance = ((log_cap - line_cap.log()) / sigma).fill_null(-math.inf)
    return pl.Series(ndtr(distance.to_numpy()))


_KEEP = (
    "company_id",
    "index",
    "action",
    "from_index",
    "to_index",
    "probability",
    "rules_call",
    "breakpoint",
    "breakpoint_cap_usd",
)


def _r3000(sides: pl.DataFrame) -> pl.DataFrame:
    add = pl.col("before").is_null()
    return sides.select(
        "company_id",
        index=pl.lit("R3000"),
        action=pl.when(add).then(pl.lit("add")).otherwise(pl.lit("delete")),
        from_index=pl.lit(None, pl.String),
        to_index=pl.lit(None, pl.String),
        probability=pl.when(add).then("p_in").otherwise(1 - pl.col("p_in")),
        rules_call=pl.when(add)
        .then(pl.col("after").is_not_null())
        .otherwise(pl.col("after").is_null()),
        breakpoint="cut_name",
        breakpoint_cap_usd="cut_cap",
    ).select(_KEEP)


def _size(sides: pl.DataFrame) -> pl.DataFrame:
    """Rows for the Russell 1000 and 2000: into and out of each, migrations paired."""
    p_small = (pl.col("p_in") - pl.col("p_large")).clip(0, 1)
    frames = []
    for index, other, probability in (
        ("R1000", "R2000", pl.col("p_large")),
        ("R2000", "R1000", p_small),
    ):
        inside = (pl.col("before") == index).fill_null(False)
        lands = (pl.col("after") == index).fill_null(False)
        near_cut = pl.lit(index == "R2000") & (pl.col("before").is_null() | inside)
        moves = pl.when(inside).then(pl.col("after") == other).otherwise(pl.col("before") == other)
        frames.append(
            sides.select(
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


def _micro(sides: pl.DataFrame, run: Run) -> pl.DataFrame:
    """Microcap rows, only where a recent list of its members is known."""
    line = next(
        (b for b in run.breakpoints if b.name == f"rank_{run.rulebook.ranks.microcap_high}"), None
    )
    if run.membership.micro is None or line is None:
        return pl.DataFrame()
    changed = sides.filter(pl.col("was_micro") != pl.col("to_micro").fill_null(False))
    return changed.select(
        "company_id",
        index=pl.lit("RMICRO"),
        action=pl.when("was_micro").then(pl.lit("delete")).otherwise(pl.lit("add")),
        from_index=pl.lit(None, pl.String),
        to_index=pl.lit(None, pl.String),
        probability=pl.lit(0.5),
        rules_call=pl.lit(True),
        breakpoint=pl.lit(line.name),
        breakpoint_cap_usd=pl.lit(line.cap_usd),
    ).select(_KEEP)


_DEMAND = (
    "weight_before",
    "weight_after",
    "shares_to_trade",
    "usd_to_trade",
    "days_of_volume",
    "volume_window",
)
"""Columns that stay null until demand is computed."""


def _stamp(rows: pl.DataFrame, run: Run) -> pl.DataFrame:
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
        model_version=pl.lit(STAND_IN),
        status=pl.lit(run.status),
        call=pl.col("rules_call"),
        model_probability=pl.col("probability"),
        distance=(pl.col("total_cap_usd") / pl.col("breakpoint_cap_usd")).log(),
        **dict.fromkeys(_DEMAND, pl.lit(None)),
    )
    return stamped.select(pl.col(name).cast(kind) for name, kind in FRAME_SCHEMA.items()).sort(
        ["index", "action", "probability", "company_id", "symbol"],
        descending=[False, False, True, False, False],
    )
