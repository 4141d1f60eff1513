"""Type of every listed line and structure of its issuer, from what is known at one moment.

The rules are data (`types.toml`); this module prepares what they look at, applies them to a
whole frame at once, and adds the two facts that need a line's neighbours: a blank check's
units listed beside its share, and the lines that are one company's further classes. Nothing
but the frame is looked at, so a read as of a moment gives the answer of that moment, and a
company that died later is treated like one that lived.
"""

import polars as pl

from recon.errors import InputError
from recon.master.type_rules import TypeRules, decide, load_type_rules

REQUIRED = ("symbol", "exchange", "name")
OPTIONAL: dict[str, type[pl.DataType]] = {
    "industry": pl.String,
    "country": pl.String,
    "directory_name": pl.String,
    "etf_flag": pl.Boolean,
    "sic": pl.String,
    "entity_type": pl.String,
    "filer_category": pl.String,
    "filer_name": pl.String,
    "was_member": pl.Boolean,
    "unit_listed": pl.Boolean,
    "volume": pl.Int64,
}
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


def prepare(lines: pl.DataFrame, rules: TypeRules) -> pl.DataFrame:
    """Add what the rules look at, in columns that begin with `_`.

    Parameters
    ----------
    lines : pl.DataFrame
        As `classify` takes them.
    rules : TypeRules
        For what ends an issuer's name and what a series' group is.

    Returns
    -------
    pl.DataFrame
        With `_title` (the official name in plain letters), `_issuer` (its first part),
        `_symbol`, `_industry` (`none` where empty), `_country`,
        `_filer_name`, `_sic` and `_entity_type` (with `none` and `absent`),
        `_filer_category`, and the flags `_etf_flag`, `_was_member`, `_unit_listed`,
        `_several_groups`, `_filer_is_issuer` (EDGAR's name begins with the same word, so that
        it is no later name of the company).
    """
    frame = lines.with_columns(
        pl.lit(None, dtype=kind).alias(name)
        for name, kind in OPTIONAL.items()
        if name not in lines.columns
    )
    filer = _filled("entity_type").is_not_null()
    group = pl.col("_title").str.extract(rules.series_group, 1)
    has_unit = (
        pl.col("_title").str.contains(r"\b(?:sub)?units?\b")
        & ~pl.col("_title").str.contains(r"equity|corporate|amorti[sz]ing|purchase|prepaid|%")
        & pl.col("_symbol").str.contains(r"U$")
    )
    return (
        frame.with_columns(
            _title=pl.coalesce(_plain("directory_name"), _plain("name")),
            _filer_name=_plain("filer_name"),
            _symbol=pl.col("symbol").str.to_uppercase(),
            _industry=_filled("industry").str.to_lowercase().fill_null("none"),
            _country=_filled("country").str.to_lowercase(),
            _sic=pl.when(~filer & _filled("sic").is_null())
            .then(pl.lit("absent"))
            .otherwise(_filled("sic").replace("0000", None).fill_null("none")),
            _entity_type=_filled("entity_type").fill_null("absent"),
            _filer_category=_filled("filer_category"),
            _etf_flag=pl.col("etf_flag").cast(pl.Boolean),
            _was_member=pl.col("was_member").cast(pl.Boolean).fill_null(value=False),
        )
        .with_columns(
            _issuer=pl.col("_title")
            .str.replace(rf"\s*(?:{rules.issuer_ends}).*$", "")
            .str.replace(r" (?:the|de|new|holding company)$", "")
            .str.strip_chars()
        )
        .with_columns(
            _issuer=pl.when(pl.col("_issuer").str.len_chars() > 0)
            .then("_issuer")
            .otherwise(pl.coalesce("_title", "_symbol")),
            _root=pl.when(has_unit).then(pl.col("_symbol").str.replace(r"[./=]?U$", "")),
            _group=group,
        )
        .with_columns(
            _unit_listed=pl.coalesce(
                pl.when(
                    pl.col("_symbol").is_in(pl.col("_root").drop_nulls().implode())
                    | pl.col("_root").is_not_null().any().over("_issuer")
                ).then(pl.lit(value=True)),
                pl.col("unit_listed").cast(pl.Boolean),
            ),
            _filer_is_issuer=_first_word("_filer_name") == _first_word("_issuer"),
            _several_groups=pl.col("_group").is_not_null()
            & (pl.col("_group").drop_nulls().n_unique().over("_issuer") > 1),
        )
    )


def listed_units(directory: pl.DataFrame) -> pl.DataFrame:
    """Symbols beside whose share the directory lists units, as a blank check does.

    The screener leaves out the units of the NYSE and NYSE American; the directories have
    them, written with `.U`.

    Parameters
    ----------
    directory : pl.DataFrame
        `symbol` (as the directory writes it) and `security_name`, all lines at one moment.

    Returns
    -------
    pl.DataFrame
        `symbol` (of the share, with the screener's `/` for a class) and `unit_listed`, true.
    """
    name = pl.col("security_name").str.to_lowercase()
    return (
        directory.filter(
            name.str.contains(r"\b(?:sub)?units?\b")
            & ~name.str.contains(r"equity unit|corporate|amorti[sz]ing|purchase unit|prepaid|%")
            & pl.col("symbol").str.contains(r"(?:[./=]|^[A-Z]{4})U$")
        )
        .select(
            symbol=pl.col("symbol").str.replace(r"[./=]?U$", "").str.replace(r"\.", "/"),
            unit_listed=pl.lit(value=True),
        )
        .unique()
    )


def _name_types(typed: pl.DataFrame, rules: TypeRules) -> pl.DataFrame:
    classed = (pl.col("_form") == "common") & pl.col("structure").is_in(STRUCTURES_WITH_CLASSES)
    letter = pl.coalesce(
        pl.col("_title").str.extract(r"\b(?:class|series) ([a-z])\b", 1),
        pl.col("_symbol").str.extract(r"[./]([A-Z])$", 1).str.to_lowercase(),
        pl.lit(""),
    )
    leads = (
        pl.struct(-pl.col("volume").cast(pl.Int64).fill_null(0), letter, "_symbol")
        .rank("ordinal")
        .over("_issuer", "structure", classed)
        == 1
    )
    additional = classed & ~leads
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


def _filled(column: str) -> pl.Expr:
    text = pl.col(column).cast(pl.String).str.strip_chars()
    return pl.when(text.str.len_chars() > 0).then(text)


def _first_word(column: str) -> pl.Expr:
    return pl.col(column).str.extract(r"^(?:the )?(\S+)", 1)


def _plain(column: str) -> pl.Expr:
    """Lower case, `llc` and `lp` for their spellings, no stops but those of numbers."""
    text = (
        pl.col(column)
        .cast(pl.String)
        .str.to_lowercase()
        .str.replace_all(r"\bl\.\s?l\.\s?c\b\.?", "llc")
        .str.replace_all(r"\bl\.\s?p\b\.?", "lp")
        .str.replace_all(r'[,()"®™]', " ")
        .str.replace_all(r"\.(\s|$)", "$1")
        .str.replace_all(r"\s+", " ")
        .str.strip_chars()
    )
    return pl.when(text.str.len_chars() > 0).then(text)
