"""How often the rules of type and structure are right on lines that were checked by hand.

The sample is TOML: an array `lines` of tables with `date`, `symbol`, `exchange`, `name`, what
else was known of the line that day (columns of `types.classify`, all optional), and the
answer: `type`, `structure`, `draw` (how the line came into the sample) and `why`.
"""

import tomllib
from pathlib import Path

import polars as pl

from recon.errors import InputError
from recon.master.type_evidence import OPTIONAL, REQUIRED
from recon.master.type_rules import TypeRules
from recon.master.types import classify

EDGAR_COLUMNS = ("sic", "entity_type", "filer_category", "filer_name")
_SCHEMA: dict[str, type[pl.DataType]] = {
    "date": pl.Date,
    **dict.fromkeys(REQUIRED, pl.String),
    **OPTIONAL,
    **dict.fromkeys(("type", "structure", "draw", "why"), pl.String),
}


def load_sample(path: Path) -> pl.DataFrame:
    """Read a hand-checked sample.

    Parameters
    ----------
    path : Path
        TOML in the layout that the module describes.

    Returns
    -------
    pl.DataFrame
        `date`, the columns of `types.classify`, `type`, `structure`, `draw`, `why`.

    Raises
    ------
    InputError
        A line has an unknown field, or lacks its date, symbol, answer or reason.
    """
    rows = tomllib.loads(path.read_text(encoding="utf-8")).get("lines", [])
    unknown = sorted({key for row in rows for key in row} - set(_SCHEMA))
    if unknown:
        raise InputError(
            "the sample has unknown fields",
            field=str(path),
            value=unknown,
            expected=", ".join(_SCHEMA),
        )
    sample = pl.DataFrame(rows, schema=_SCHEMA)
    needed = ["date", "symbol", "exchange", "type", "structure", "draw", "why"]
    bare = sample.filter(pl.any_horizontal(pl.col(needed).is_null()))
    if bare.height:
        raise InputError(
            "lines of the sample are incomplete",
            field=str(path),
            value=bare["symbol"].to_list(),
            expected=", ".join(needed),
        )
    return sample


def answers(
    sample: pl.DataFrame, *, without: tuple[str, ...] = (), rules: TypeRules | None = None
) -> pl.DataFrame:
    """Let the rules answer, each day of the sample by itself.

    Parameters
    ----------
    sample : pl.DataFrame
        As `load_sample` gives it.
    without : tuple of str
        Columns to withhold, e.g. `EDGAR_COLUMNS`, to see what the names alone give.
    rules : TypeRules, optional
        Default: the shipped rules.

    Returns
    -------
    pl.DataFrame
        The sample with `found_type`, `found_structure`, `type_reason`, `structure_reason`.
    """
    days = sample.rename({"structure": "true_structure"}).partition_by("date", maintain_order=True)
    return (
        pl.concat([classify(day.drop(without), rules) for day in days])
        .rename({"structure": "found_structure", "security_type": "found_type"})
        .rename({"true_structure": "structure"})
    )


def evaluate(
    sample: pl.DataFrame, *, without: tuple[str, ...] = (), rules: TypeRules | None = None
) -> pl.DataFrame:
    """Precision and recall by type and by structure.

    Parameters
    ----------
    sample, without, rules
        As in `answers`.

    Returns
    -------
    pl.DataFrame
        `what` (`type` or `structure`), `value`, `lines` (in the sample), `found` (by the
        rules), `right`, `precision` and `recall` (fractions; null where there is nothing to
        divide by), sorted by what and value; `all` stands for the whole sample.
    """
    found = answers(sample, without=without, rules=rules)
    return pl.concat(
        [_scores(found, "type", "found_type"), _scores(found, "structure", "found_structure")]
    ).sort("what", "value")


def mistakes(
    sample: pl.DataFrame, *, without: tuple[str, ...] = (), rules: TypeRules | None = None
) -> pl.DataFrame:
    """Lines on which the rules and the hand disagree, in type or structure."""
    return answers(sample, without=without, rules=rules).filter(
        (pl.col("type") != pl.col("found_type"))
        | (pl.col("structure") != pl.col("found_structure"))
    )


def _scores(found: pl.DataFrame, truth: str, answer: str) -> pl.DataFrame:
    lines = found.group_by(value=truth).agg(
        lines=pl.len(), right=(pl.col(answer) == pl.col(truth)).sum()
    )
    claimed = found.group_by(value=answer).agg(found=pl.len())
    by_value = lines.join(claimed, on="value", how="full", coalesce=True).select(
        "value", pl.col("lines", "found", "right").fill_null(0).cast(pl.Int64)
    )
    whole = by_value.select(
        value=pl.lit("all"), **{name: pl.col(name).sum() for name in ("lines", "found", "right")}
    )
    ratio = {
        name: pl.when(pl.col(of) > 0).then(pl.col("right") / pl.col(of))
        for name, of in (("precision", "found"), ("recall", "lines"))
    }
    return pl.concat([by_value, whole]).select(
        pl.lit(truth).alias("what"), "value", "lines", "found", "right", **ratio
    )
