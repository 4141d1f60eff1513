"""Countries as ISO 3166-1 codes, from the screener's words and EDGAR's place codes."""

from functools import cache

import polars as pl
import pycountry

_SCREENER_WORDS = {
    "Bahamas": "BS",
    "British Virgin Islands": "VG",
    "Curacao": "CW",
    "Macau": "MO",
    "Russia": "RU",
    "South Korea": "KR",
    "Taiwan": "TW",
    "Turkey": "TR",
    "U.S. Virgin Islands": "VI",
}
"""Names of the screener that ISO 3166 words differently."""


ABROAD = "ZZ"
"""Stands for a country outside the United States that is not known (ISO 3166, user-assigned)."""


@cache
def country_code(name: str) -> str | None:
    """ISO code of a country's name, null for one that is not known."""
    if name in _SCREENER_WORDS:
        return _SCREENER_WORDS[name]
    try:
        code: str = pycountry.countries.lookup(name).alpha_2
    except LookupError:
        return None
    return code


def from_screener(country: pl.Series) -> pl.Expr:
    """Expression that gives the ISO codes of the screener's country column.

    Parameters
    ----------
    country : pl.Series
        The column, for its distinct names.
    """
    codes = {name: country_code(name) for name in country.drop_nulls().unique().to_list()}
    return pl.col("country").replace_strict(codes, default=None, return_dtype=pl.String)


def from_edgar(code: str, places: pl.DataFrame) -> pl.Expr:
    """Expression that gives the ISO code of an EDGAR place code; US states give `US`.

    Parameters
    ----------
    code : str
        Column with EDGAR's codes.
    places : pl.DataFrame
        `code`, `type`, `iso` of EDGAR's place codes.
    """
    table = places.select(
        "code", iso=pl.when(pl.col("type") == "US").then(pl.lit("US")).otherwise("iso")
    )
    codes = dict(zip(table["code"].to_list(), table["iso"].to_list(), strict=True))
    return pl.col(code).replace_strict(codes, default=None, return_dtype=pl.String)


def from_city(city: str, cities: pl.DataFrame) -> pl.Expr:
    """Expression that gives the ISO code of the country in which a city abroad lies.

    Every address in the United States has a state at EDGAR, so that one with a city alone is
    abroad. Its country is the one that most filers of that city give.

    Parameters
    ----------
    city : str
        Column with EDGAR's cities of addresses without a place code.
    cities : pl.DataFrame
        `city` (upper case), `iso`, `filers`, as of `AsOf.cities_abroad`.
    """
    common = cities.sort("city", "filers", "iso", descending=[False, True, False]).unique(
        "city", keep="first", maintain_order=True
    )
    codes = dict(zip(common["city"].to_list(), common["iso"].to_list(), strict=True))
    found = pl.col(city).str.to_uppercase().replace_strict(codes, default=ABROAD)
    return pl.when(pl.col(city).is_not_null()).then(found.cast(pl.String))
