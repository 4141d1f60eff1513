import math

import pytest

from recon.publish.words import above, money, price, signed_percent


@pytest.mark.parametrize(
    ("usd", "text"),
    [
        (2.01e12, "$2.01tn"),
        (4.531e9, "$4.53bn"),
        (999.96e6, "$1.00bn"),
        (144.87e6, "$144.9m"),
        (999_999.6, "$1.0m"),
        (999_980.0, "$999,980"),
        (12_345.6, "$12,346"),
        (0.0, "$0"),
        (None, "unknown"),
        (math.nan, "unknown"),
    ],
)
def test_money_has_the_unit_that_suits_it(usd: float | None, text: str) -> None:
    assert money(usd) == text


def test_prices_below_a_dollar_have_four_digits() -> None:
    assert price(1234.5) == "$1,234.50"
    assert price(0.98765) == "$0.9877"
    assert price(None) == "unknown"


def test_changes_carry_their_sign() -> None:
    assert signed_percent(0.1234) == "+12.3 %"
    assert signed_percent(-0.5) == "-50.0 %"
    assert signed_percent(56.0) == "+5,600 %"
    assert signed_percent(None) == ""


def test_a_log_distance_becomes_a_fraction() -> None:
    assert above(math.log(1.5)) == pytest.approx(0.5)
    assert above(None) is None
