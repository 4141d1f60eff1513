"""Type of every listed line and structure of its issuer, from what is known at one moment.

The rules are data (`types.toml`); this module prepares what they look at, applies them to a
whole frame at once, and adds the two facts that need a line's neighbours: a blank check's
units listed beside its share, and the lines that are one company's further classes. Nothing
but the frame is looked at, so a read as of a moment gives the answer of that moment, and a
company that died later is treated like one that lived.
"""

import polars as pl

from recon.errors import InputError
from recon.master.type_evidence import REQUIRED, prepare
from recon.master.type_rules import TypeRules, decide, load_type_rules

STRUCTURES_WITH_CLASSES = ("corporation", "reit")


def classify(lines: pl.DataFrame, rules: TypeRules | None = None) -> pl.DataFrame:
    """Say of each line what it is and what its issuer is.

    Parameters
    ----------
    lines : pl.DataFrame
        All lines listed at one moment, as known at that moment, one row per symbol and
        exchange. `symbol`, `exchange` and `name` (the screener's security name, may be null)
        are required. The other columns may be null or absent: `industry`, `country` (the
        screener's), `directory_name` (official name in the Nasdaq Trader directories, which
        goes before `name`), `etf_flag`, `sic`, `entity_type`, `filer_category`, `filer_name`
        (EDGAR's; no `sic` beside an `entity_type` means that EDGAR has no code for the filer,
        no `entity_type` that EDGAR was not asked), `was_member` (this security was in a Russell
        index by a snapshot known by then and later than June 2014, when BDCs left),
        `unit_listed` (units of the symbol are listed; also found from the frame itself),
        `volume` (shares, of whatever period; says which class of a company leads).
    rules : TypeRules, optional
        Default: `types.toml`.

    Returns
    -------
    pl.DataFrame
        The frame in its order, with `security_type`, `structure`, `type_reason` (the rule
        that decided the type) and `structure_reason`. A common line of an issuer that is no
        ordinary company has the structure as its type: the common stock of a REIT is `reit`,
        its preferred is `preferred` with structure `reit`. Of several common lines of one
        company or REIT the one with the greatest volume, else the first letter, keeps its
        type and the others are `additional_class`. What methodology §2.3 excludes is the
        screen's business.

    Raises
    ------
    InputError
        A required column is missing.
    """
    missing = [name for name in REQUIRED if name not in lines.columns]
    if missing:
        raise InputError(
            "lines cannot be typed", field="columns", value=missing, expected=", ".join(REQUIRED)
        )
    rules = rules or load_type_rules()
    form: list[str] = [rule.value for rule in rules.form]
    structure: list[str] = [rule.value for rule in rules.structure]
    typed = (
        prepare(lines, rules)
        .with_columns(decide(rules.form, "_form_rule"))
        .with_columns(_form=_pick("_form_rule", form))
        .with_columns(decide(rules.structure, "_structure_rule"))
        .with_columns(_equity=pl.col("_form").is_in(["common", "tracking_stock", "adr"]))
        .with_columns(_issuers=pl.when("_equity").then("_structure_rule").min().over("_issuer"))
        .with_columns(
            _structure_rule=pl.when("_equity")
            .then("_structure_rule")
            .otherwise(pl.coalesce("_issuers", "_structure_rule"))
        )
        .with_columns(structure=_pick("_structure_rule", structure))
    )
    return _name_types(typed, rules).select(
        *lines.columns, "security_type", "structure", "type_reason", "structure_reason"
    )


def _name_types(typed: pl.DataFrame, rules: TypeRules) -> pl.DataFrame:
    classed = (pl.col("_form") == "common") & pl.col("structure").is_in(STRUCTURES_WITH_CLASSES)
    letter = pl.coalesce(
        pl.col("_title").str.extract(r"\b(?:class|series) ([a-z])\b", 1),
        pl.col("_symbol").str.extract(r"[./]([A-Z])$", 1).str.to_lowercase(),
        pl.lit(""),
    )
    # Two companies may have one name; the lines of one company have class letters, or
    # symbols that begin alike.
    company = ("_issuer", "structure", classed)
    one_company = (letter != "").any().over(*company) | (
        pl.col("_symbol")
        .str.starts_with(pl.col("_symbol").min().over(*company))
        .all()
        .over(*company)
    )
    order = pl.struct(-pl.col("volume").cast(pl.Int64).fill_null(0), letter, "_symbol")
    # Ranked once for all lines: a ranking in each company takes several times as long.
    typed = typed.with_columns(_place=order.rank("ordinal"))
    leads = pl.col("_place") == pl.col("_place").min().over(*company)
    additional = classed & one_company & ~leads
    plain = (pl.col("_form") == "common") & ~additional
    structural = plain & ~pl.col("structure").is_in(["corporation", "trust"])
    return typed.with_columns(
        structure_reason=_pick("_structure_rule", [rule.reason for rule in rules.structure]),
        _form_reason=_pick("_form_rule", [rule.reason for rule in rules.form]),
    ).with_columns(
        security_type=pl.when(additional)
        .then(pl.lit("additional_class"))
        .when(structural)
        .then("structure")
        .otherwise("_form"),
        type_reason=pl.when(additional)
        .then(pl.lit("another_class_leads"))
        .when(structural)
        .then("structure_reason")
        .otherwise("_form_reason"),
    )


def _pick(position: str, values: list[str]) -> pl.Expr:
    return pl.lit(pl.Series(values)).gather(pl.col(position))
