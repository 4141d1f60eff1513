"""From what a person types to a listed line: any spelling, also one of the past."""

import re
from datetime import date
from difflib import get_close_matches

import polars as pl

from recon.errors import UnknownSymbolError
from recon.master.symbols import bare
from recon.pipeline import Run

_PREFERRED = re.compile(r"(?:\$|\^|-P|\.PR\.?)([A-Z]?)$")
_NAME_LETTERS = 4
"""Letters from which on a text that is no symbol is looked for in names."""


def find(run: Run, text: str) -> tuple[str, str | None]:
    """Find the line that a text means.

    Parameters
    ----------
    run : Run
        As from `recon.pipeline.run`.
    text : str
        A symbol, classes written with `/`, `.`, `-` or nothing, preferreds with `^`, `$`,
        `-P` or `.PR`, or a symbol that a listed line traded under before.

    Returns
    -------
    symbol : str
        As the exchange writes it in `run.lines`.
    remark : str or None
        What is to be said about it: a former symbol.

    Raises
    ------
    UnknownSymbolError
        No line is listed under it, with symbols that are close or the day it went.
    """
    asked = text.strip().upper()
    listed = run.lines.select("symbol", "security_id", "role", "name", spelling=bare("symbol"))
    # A preferred has no bare spelling: without its mark it would read like a common line.
    plain = "" if re.search(r"[\^$]", asked) else re.sub(r"[^A-Z0-9]", "", asked)
    exact = listed.filter(pl.col("symbol").is_in([asked, _PREFERRED.sub(r"^\1", asked)]))
    same = listed.filter(pl.col("spelling") == plain)
    for found in (exact, same.sort("role", "symbol", nulls_last=True)):
        if not found.is_empty():
            return str(found["symbol"][0]), None
    lives = run.securities.filter((bare("symbol") == plain) & pl.col("gone").is_not_null())
    if not lives.is_empty():
        return _former(run, lives.sort("gone").row(-1, named=True), asked, listed)
    if plain in run.absent.select(bare("ticker")).to_series().to_list():
        raise UnknownSymbolError(
            f"{asked} is a member of the Russell 3000 without a line in the market data",
            field="symbol",
            value=text,
            expected="a symbol that the data quotes",
        )
    raise UnknownSymbolError(
        f"no line was listed under this symbol on {run.session}",
        field="symbol",
        value=text,
        expected=_near(asked, listed),
    )


def _former(
    run: Run, life: dict[str, object], asked: str, listed: pl.DataFrame
) -> tuple[str, str | None]:
    now = listed.filter(pl.col("security_id") == life["security_id"])
    gone = life["gone"]
    if not now.is_empty() and isinstance(gone, date):
        symbol = str(now["symbol"][0])
        return symbol, f"{life['symbol']} trades as {symbol} since {gone}"
    raise UnknownSymbolError(
        f"{life['symbol']} ({life['last_name']}) is not listed since {gone}",
        field="symbol",
        value=asked,
        expected="an --as-of before that day, or another symbol",
    )


def _near(asked: str, listed: pl.DataFrame) -> str:
    """Symbols spelled like it, and those whose company's name has the text."""
    shown = listed.filter(pl.col("role").is_not_null())
    near = get_close_matches(asked, shown["symbol"].to_list(), n=4)
    if len(asked) >= _NAME_LETTERS:
        named = shown.filter(
            pl.col("name").str.to_uppercase().str.contains(asked, literal=True).fill_null(False)
        )
        near = [*named["symbol"].head(4), *near]
    if not near:
        return "a symbol of the NYSE, Nasdaq or NYSE American"
    return "perhaps " + ", ".join(dict.fromkeys(near))
