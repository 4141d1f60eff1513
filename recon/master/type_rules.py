"""The rules of type and structure as data: read `types.toml`, check it, turn it into polars.

A rule is a value, the reason code under which it is reported, and the conditions that must
all hold. The first rule of a list that holds decides. Nothing here knows a security by name.
"""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Literal

import polars as pl
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from recon.errors import InputError

Structure = Literal[
    "corporation",
    "reit",
    "bdc",
    "closed_end_fund",
    "spac",
    "lp",
    "llc",
    "royalty_trust",
    "etf",
    "trust",
]

_TEXT = ("title", "issuer", "symbol", "industry", "country", "filer_name")
_FLAGS = ("etf_flag", "was_member", "unit_listed", "several_groups", "filer_is_issuer")


class When(BaseModel):
    """Conditions of a rule; all that are given must hold.

    Texts are compared in lower case, without commas, brackets and full stops. A missing text
    is never found, so that it fails `title` and passes `not_title`.

    Attributes
    ----------
    title, issuer, symbol, industry, country, filer_name : str, optional
        Regex that must be found in the official name, in its issuer part, in the
        symbol (here in upper case), in the screener's industry or country, in
        EDGAR's name of the filer.
    not_title, not_issuer, not_symbol, not_industry, not_country,
    not_filer_name : str, optional
        Regex that must not be found there.
    sic : tuple of str, optional
        EDGAR industry codes, `none` for a filer known to have no code, `absent` where EDGAR
        facts are not given.
    entity_type : tuple of str, optional
        EDGAR entity types, `absent` where EDGAR facts are not given.
    filer_category : bool, optional
        Whether EDGAR gives a filer category, as it does for those who file a 10-K.
    form : tuple of str, optional
        What the line was found to be; in rules on structure only.
    etf_flag, was_member, unit_listed, several_groups, filer_is_issuer : bool, optional
        The flags that `recon.master.types.classify` takes or derives. An unknown membership
        counts as none; the other flags are neither true nor false when unknown.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str | None = None
    issuer: str | None = None
    symbol: str | None = None
    industry: str | None = None
    country: str | None = None
    filer_name: str | None = None
    not_title: str | None = None
    not_issuer: str | None = None
    not_symbol: str | None = None
    not_industry: str | None = None
    not_country: str | None = None
    not_filer_name: str | None = None
    sic: tuple[str, ...] | None = None
    entity_type: tuple[str, ...] | None = None
    filer_category: bool | None = None
    form: tuple[str, ...] | None = None
    etf_flag: bool | None = None
    was_member: bool | None = None
    unit_listed: bool | None = None
    several_groups: bool | None = None
    filer_is_issuer: bool | None = None

    @field_validator(*_TEXT, *(f"not_{name}" for name in _TEXT))
    @classmethod
    def _compiles(cls, pattern: str | None) -> str | None:
        if pattern is not None:
            re.compile(pattern)
        return pattern

    def expression(self) -> pl.Expr:
        """Whether the conditions hold, never null, on the columns of `type_evidence.prepare`."""
        given = {name: value for name, value in self if value is not None}
        return pl.all_horizontal(
            pl.lit(value=True), *(_condition(name, value) for name, value in given.items())
        )


def _condition(name: str, wanted: Any) -> pl.Expr:
    if name == "filer_category":
        return pl.col("_filer_category").is_not_null().eq(wanted)
    if name.startswith("not_"):
        return ~pl.col(name.removeprefix("not")).str.contains(wanted).fill_null(value=False)
    column = pl.col(f"_{name}")
    if name in _TEXT:
        return column.str.contains(wanted).fill_null(value=False)
    if name in _FLAGS:
        return column.eq(wanted).fill_null(value=False)
    return column.is_in(wanted).fill_null(value=False)


class FormRule(BaseModel):
    """What kind of paper the line is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: Literal[
        "unit", "warrant", "right", "preferred", "note", "adr", "etf", "tracking_stock", "common"
    ]
    reason: str = Field(pattern=r"^[a-z0-9_]+$")
    when: When


class StructureRule(BaseModel):
    """What the issuer is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: Structure
    reason: str = Field(pattern=r"^[a-z0-9_]+$")
    when: When


class TypeRules(BaseModel):
    """All rules, in order.

    Attributes
    ----------
    words : dict of str to str
        Vocabularies that patterns refer to as `{name}`; already put in.
    issuer_ends : str
        Regex of what ends the issuer's part of a security name.
    series_group : str
        Regex whose first group is the business group that a series of stock follows.
    form, structure : tuple of rules
        The first that holds decides; the last of each holds always.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    words: dict[str, str]
    issuer_ends: str
    series_group: str
    form: tuple[FormRule, ...]
    structure: tuple[StructureRule, ...]

    @field_validator("form", "structure")
    @classmethod
    def _ends_with_default(cls, rules: tuple[Any, ...]) -> tuple[Any, ...]:
        if rules[-1].when != When():
            message = "the last rule must hold always"
            raise ValueError(message)
        return rules


def decide(rules: tuple[FormRule, ...] | tuple[StructureRule, ...], column: str) -> pl.Expr:
    """First rule that holds, as a struct of `value` and `reason` named `column`."""
    decided: pl.Expr = pl.lit(None, dtype=pl.UInt16)
    for position in reversed(range(len(rules))):
        decided = (
            pl.when(rules[position].when.expression())
            .then(pl.lit(position, dtype=pl.UInt16))
            .otherwise(decided)
        )
    return decided.alias(column)


def _put_words(value: Any, words: dict[str, str]) -> Any:
    if isinstance(value, str):
        return re.sub(r"\{([a-z_]+)\}", lambda m: f"(?:{words[m[1]]})", value)
    if isinstance(value, list):
        return [_put_words(item, words) for item in value]
    if isinstance(value, dict):
        return {key: _put_words(item, words) for key, item in value.items()}
    return value


@cache
def load_type_rules(path: Path | None = None) -> TypeRules:
    """Read the rules.

    Parameters
    ----------
    path : Path, optional
        A TOML file in the layout of `types.toml`, which is the default.

    Raises
    ------
    InputError
        The file names an unknown condition, value or vocabulary, or a pattern is no regex.
    """
    path = path or Path(__file__).with_name("types.toml")
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    try:
        words: dict[str, str] = {}
        for name, pattern in raw.get("words", {}).items():
            words[name] = _put_words(pattern, words)
        return TypeRules.model_validate(_put_words(raw | {"words": {}}, words) | {"words": words})
    except (ValidationError, KeyError, re.error) as problem:
        raise InputError(
            "the rules of type and structure do not hold together",
            field=str(path),
            value=str(problem).splitlines()[0],
            expected="the layout of recon/master/types.toml",
        ) from problem
