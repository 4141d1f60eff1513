"""Countries as ISO codes."""

import polars as pl
import pytest

from recon.master.countries import country_code, from_edgar, from_screener

PLACES = pl.DataFrame(
    {
        "code": ["DE", "CA", "A6", "E9", "2M", "I0"],
        "type": ["US", "US", "CA", None, None, None],
        "iso": [None, "US-CA", "CA", "KY", "DE", "FR"],
    }
)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("United States", "US"),
        ("Bermuda", "BM"),
        ("China", "CN"),
        ("Hong Kong", "HK"),
        ("Macau", "MO"),
        ("South Korea", "KR"),
        ("Taiwan", "TW"),
        ("Turkey", "TR"),
        ("British Virgin Islands", "VG"),
        ("Atlantis", None),
        ("", None),
    ],
)
def test_words_of_the_screener(name, code):
    assert country_code(name) == code


def test_a_column_of_the_screener():
    frame = pl.DataFrame({"country": ["Israel", None, "Nowhere", "Puerto Rico"]})
    found = frame.select(c=from_screener(frame["country"]))["c"]
    assert found.to_list() == ["IL", None, None, "PR"]


def test_a_column_without_any_country():
    frame = pl.DataFrame({"country": pl.Series([None, None], dtype=pl.String)})
    assert frame.select(c=from_screener(frame["country"]))["c"].to_list() == [None, None]


def test_edgar_codes_of_states_are_the_united_states():
    """EDGAR's DE and CA are Delaware and California, not Germany and Canada."""
    frame = pl.DataFrame({"place": ["DE", "CA", "A6", "E9", "2M", "ZZ", None]})
    found = frame.select(c=from_edgar("place", PLACES))["c"]
    assert found.to_list() == ["US", "US", "CA", "KY", "DE", None, None]


def test_without_a_table_of_places_nothing_is_known():
    frame = pl.DataFrame({"place": ["DE", "A6"]})
    found = frame.select(c=from_edgar("place", PLACES.clear()))["c"]
    assert found.to_list() == [None, None]
