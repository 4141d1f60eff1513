"""What the rules of type and structure look at: plain names, issuers, neighbours, EDGAR's facts."""

import polars as pl

from recon.master.type_rules import TypeRules

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
    has_unit = _blank_check_unit("_title") & pl.col("_symbol").str.contains(r"U$")
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
    return (
        directory.with_columns(_name=_plain("security_name"))
        .filter(
            _blank_check_unit("_name") & pl.col("symbol").str.contains(r"(?:[./=]|^[A-Z]{4})U$")
        )
        .select(
            symbol=pl.col("symbol").str.replace(r"[./=]?U$", "").str.replace(r"\.", "/"),
            unit_listed=pl.lit(value=True),
        )
        .unique()
    )


def _blank_check_unit(name: str) -> pl.Expr:
    """Whether a plain name is a unit of share and warrant or right, and of no other kind."""
    text = pl.col(name)
    return text.str.contains(r"\b(?:sub)?units?$|\bconsist(?:s|ing) of one") & ~text.str.contains(
        r"(?:equity|corporate|purchase|common|preferred|trust) units?|amorti[sz]ing|prepaid"
        r"|\blp\b|\bllc\b|partner interest|partnership|%"
    )


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
