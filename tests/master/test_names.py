"""Keys of companies from names of securities."""

import polars as pl
import pytest

from recon.master.names import company_key, first_word, same_company


def key(name):
    return (
        pl.DataFrame({"n": pl.Series([name], dtype=pl.String)})
        .select(k=company_key("n"))["k"]
        .item()
    )


def same(left, right):
    frame = pl.DataFrame(
        {"l": pl.Series([left], dtype=pl.String), "r": pl.Series([right], dtype=pl.String)}
    )
    return frame.select(s=same_company(company_key("l"), company_key("r")))["s"].item()


@pytest.mark.parametrize(
    "names",
    [
        (
            "Alphabet Inc. Class A Common Stock",
            "Alphabet Inc. Class C Capital Stock",
            "ALPHABET INC",
            "Alphabet Incorporated",
        ),
        ("Meta Platforms, Inc. Class A Common Stock", "META PLATFORMS INC"),
        (
            "Fox Corporation - Class A Common Stock",
            "Fox Corporation Class B Common Stock",
            "FOX CORP",
        ),
        ("The Coca-Cola Company Common Stock", "COCACOLA CO"),
        (
            "Berkshire Hathaway Inc. Class B",
            "Berkshire Hathaway Inc Common Stock",
            "Berkshire Hathaway Inc. (DE)",
        ),
        ("U-Haul Holding Company Series N Non-Voting Common Stock", "U-Haul Holding Company"),
        (
            "Churchill Capital Corp VII Units, each of one share",
            "Churchill Capital Corp VII Warrant",
        ),
        ("Foo Bar, Inc. 5.625% Series A Preferred Stock", "Foo Bar Inc. Depositary Shares"),
    ],
)
def test_names_of_one_company_have_one_key(names):
    assert len({key(name) for name in names}) == 1
    assert key(names[0]) is not None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("First Bancorp Common Stock", "First Bancshares Common Stock"),
        ("Liberty Media Corporation", "Liberty Global plc"),
        ("Churchill Capital Corp VI", "Churchill Capital Corp VII"),
        ("Apollo Global Management", "Apollo Medical Holdings"),
    ],
)
def test_names_of_two_companies_have_two_keys(one, other):
    assert key(one) != key(other)


@pytest.mark.parametrize("name", [None, "", " ", "..."])
def test_an_empty_name_has_no_key(name):
    assert key(name) is None


def test_a_key_is_a_key_of_itself():
    names = ["Alphabet Inc. Class A Common Stock", "The Coca-Cola Company", "AT&T Inc."]
    assert [key(key(name)) for name in names] == [key(name) for name in names]


def test_first_word():
    frame = pl.DataFrame({"k": ["ALPHABET INC", "X", None]})
    assert frame.select(w=first_word(pl.col("k")))["w"].to_list() == ["ALPHABET", "X", None]


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("Alphabet Inc.", "ALPHABET INC", True),
        ("JPMorgan Chase & Co", "JP MORGAN CHASE & CO", True),
        ("Meta Platforms", "Facebook, Inc.", False),
        ("Corpay, Inc.", "Fleetcor Technologies", False),
        (None, "Facebook", None),
    ],
)
def test_names_that_may_be_one_company(left, right, expected):
    assert same(left, right) is expected
