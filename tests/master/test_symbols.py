"""Spellings of one symbol."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recon.master.symbols import bare, edgar_bare


def spelled(how, symbol):
    return pl.DataFrame({"s": pl.Series([symbol], dtype=pl.String)}).select(x=how("s"))["x"].item()


@pytest.mark.parametrize("symbol", ["BRK.B", "BRK/B", "BRK-B", "BRKB", "brk.b", "BRK B"])
def test_all_spellings_of_a_class_are_one(symbol):
    assert spelled(bare, symbol) == "BRKB"


@pytest.mark.parametrize(
    ("symbol", "expected"),
    [
        ("BF-B", "BFB"),
        ("BF/A", "BFA"),
        ("GOOGL", "GOOGL"),
        ("MOG.A", "MOGA"),
        ("XYZ.WS", "XYZWS"),
        ("ABC+", "ABC"),
    ],
)
def test_classes_keep_their_letter(symbol, expected):
    assert spelled(bare, symbol) == expected


@pytest.mark.parametrize("symbol", ["T^A", "TA^", "VNOM^A", "BHR^B", "BHR$B", "C^"])
def test_a_preferred_has_no_bare_spelling(symbol):
    """Without its separator BHR^B would be BHRB, the common line of Burke & Herbert."""
    assert spelled(bare, symbol) is None


@pytest.mark.parametrize(
    ("ticker", "expected"),
    [
        ("BRK-B", "BRKB"),
        ("JPM-PC", None),
        ("BHR-PB", None),
        ("PSA-P", None),
        ("BF-A", "BFA"),
        ("P", "P"),
        ("PPC", "PPC"),
        ("UPS", "UPS"),
        ("jpm-pc", None),
    ],
)
def test_edgar_marks_preferreds_with_p(ticker, expected):
    assert spelled(edgar_bare, ticker) == expected


@pytest.mark.parametrize("how", [bare, edgar_bare])
def test_a_missing_symbol_stays_missing(how):
    assert spelled(how, None) is None


@given(symbol=st.from_regex(r"\A[A-Z]{1,5}([./-][A-Z])?\Z"))
def test_bare_is_stable_and_never_longer(symbol):
    once = spelled(bare, symbol)
    assert spelled(bare, once) == once
    assert once == "".join(c for c in symbol if c.isalnum())
