"""From a security's full name to a key of its company.

The key is conservative: only what describes the security is cut ("Class A Common Stock"),
while "Inc." and "Corp." stay, so that two companies of similar name keep apart.
"""

import polars as pl

_DESCRIPTION = (
    r"(?i)[\s,\-]+(class [a-z]\b|series [a-z0-9]\b|common|ordinary|capital stock|"
    r"american dep|subordinate|depositary|limited voting|voting|non-voting|multiple voting|"
    r"shares?\b|stock\b|units?\b|warrants?\b|rights?\b|\d+(\.\d+)?%|preferred|when[- ]issued|"
    r"ex-distribution|new\b).*$"
)
_PLACE = r"(?i)\s*\((the|de|md|nj|nv|pa|va|tx|oh|ny|canada|ireland|israel|uk|bermuda|switzerland)\)"
_WORDS = {
    "INCORPORATED": "INC",
    "CORPORATION": "CORP",
    "COMPANY": "CO",
    "LIMITED": "LTD",
}


def company_key(name: str | pl.Expr) -> pl.Expr:
    """Key of the company behind a security's or a filer's name.

    Parameters
    ----------
    name : str or pl.Expr
        Column name or expression, e.g. `Alphabet Inc. Class C Capital Stock`.

    Returns
    -------
    pl.Expr
        Upper-case words without punctuation, e.g. `ALPHABET INC`; null for an empty name.
    """
    text = pl.col(name) if isinstance(name, str) else name
    key = (
        text.str.replace_all(_PLACE, "")
        .str.replace(_DESCRIPTION, "")
        .str.to_uppercase()
        .str.replace_all(r"[^A-Z0-9 &]", "")
        .str.replace_all(r"\s+", " ")
        .str.strip_chars()
        .str.strip_prefix("THE ")
    )
    for long, short in _WORDS.items():
        key = key.str.replace_all(rf"\b{long}\b", short)
    return pl.when(key != "").then(key)


def first_word(key: pl.Expr) -> pl.Expr:
    """First word of a company key: what two spellings of one company nearly always share."""
    return key.str.extract(r"^(\S+)", 1)


def same_company(left: pl.Expr, right: pl.Expr) -> pl.Expr:
    """Whether two company keys may be one company: equal first words, or one begins the other.

    Used only to refuse an impossible match, never to make one.
    """
    squeezed_left, squeezed_right = (k.str.replace_all(" ", "") for k in (left, right))
    return (first_word(left) == first_word(right)) | (
        squeezed_left.str.slice(0, 5) == squeezed_right.str.slice(0, 5)
    )
