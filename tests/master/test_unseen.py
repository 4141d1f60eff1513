"""Members that the market data cannot show: which of them stand for a company of their own."""

from datetime import date, timedelta

import polars as pl
import pytest

from recon.master.unseen import absent_members, without_impossible_counts

SESSION = date(2024, 4, 30)
LINES = pl.DataFrame(
    {
        "session": [SESSION, SESSION],
        "security_id": ["LEN:x", "AAA:x"],
        "cik": ["0000920760", None],
    }
)
NO_CIKS = pl.DataFrame(schema={"ticker": pl.String, "cik": pl.String, "session": pl.Date})
NO_DIRECTORY = pl.DataFrame(
    schema={"directory": pl.String, "symbol": pl.String, "last_changed": pl.Date}
)


def members(*rows):
    """`(ticker, security_id, size)`."""
    return pl.DataFrame(
        [(t, None, s, size) for t, s, size in rows],
        schema={
            "ticker": pl.String,
            "name": pl.String,
            "security_id": pl.String,
            "size": pl.String,
        },
        orient="row",
    )


def directory(*symbols, name="symbol_list", age=1):
    return pl.DataFrame(
        {
            "directory": [name] * len(symbols),
            "symbol": list(symbols),
            "last_changed": [SESSION - timedelta(days=age)] * len(symbols),
        }
    )


def ciks(**by_ticker):
    return pl.DataFrame(
        {
            "ticker": [t.replace("_", "-") for t in by_ticker],
            "cik": list(by_ticker.values()),
            "session": [SESSION] * len(by_ticker),
        }
    )


def absent(rows, known=NO_DIRECTORY, pairs=NO_CIKS):
    found = absent_members(rows, LINES, known, pairs)
    assert found.columns == rows.columns
    return found["ticker"].to_list()


VZ = ("VZ", None, "R1000")
RIGHT = ("GTXI", None, "R2000")


def test_members_without_a_line_are_absent():
    rows = members(VZ, ("LEN", "LEN:x", "R1000"), ("OLD", "OLD:x", "R2000"))
    assert absent(rows) == ["VZ", "OLD"]


def test_members_of_the_microcap_alone_hold_no_rank_of_the_russell_3000():
    assert absent(members(VZ, ("TINY", "TINY:x", None))) == ["VZ"]


def test_what_no_exchange_lists_is_a_right_that_the_fund_still_holds():
    assert absent(members(VZ, RIGHT), directory("VZ", "LEN", "A.B")) == ["VZ"]


def test_directories_spell_classes_their_own_way():
    rows = members(("MOGA", None, "R2000"))
    assert absent(rows, directory("MOG.A")) == ["MOGA"]
    assert absent(rows, directory("MOG$A", "LEN")) == []


@pytest.mark.parametrize(
    "known",
    [
        NO_DIRECTORY,
        directory("VZ", age=400),  # a file of another year
        directory("VZ", name="nasdaqlisted"),  # one exchange of several
        pl.concat(
            [directory("VZ", name="otherlisted"), directory("X", name="nasdaqlisted", age=400)]
        ),
    ],
)
def test_without_directories_that_are_followed_nobody_is_left_out(known):
    assert absent(members(VZ, RIGHT), known) == ["VZ", "GTXI"]


def test_the_two_directories_together_cover_all_exchanges():
    both = pl.concat([directory("VZ", name="otherlisted"), directory("X", name="nasdaqlisted")])
    assert absent(members(VZ, RIGHT), both) == ["VZ"]


def test_a_further_class_of_a_company_that_has_a_line_is_no_company():
    pairs = ciks(LEN_B="0000920760", LEN="0000920760", VZ="0000732712")
    assert absent(members(VZ, ("LENB", None, "R1000")), pairs=pairs) == ["VZ"]


def test_two_absent_classes_are_one_company():
    pairs = ciks(LGF_A="0000929351", LGF_B="0000929351")
    rows = members(("LGFA", None, "R2000"), ("LGFB", None, "R2000"))
    assert absent(rows, pairs=pairs) == ["LGFA"]


def test_a_preferred_of_edgar_says_nothing_about_a_common():
    rows = members(("LENB", None, "R1000"))
    pairs = pl.DataFrame({"ticker": ["LEN-PB"], "cik": ["0000920760"], "session": [SESSION]})
    assert absent(rows, pairs=pairs) == ["LENB"]


def test_nobody():
    assert absent(members()) == []
    assert absent_members(members(VZ), LINES.clear(), directory("VZ"), NO_CIKS).height == 1


def test_a_member_does_not_turn_over_all_its_shares_in_a_usual_session():
    lines = pl.DataFrame(
        [
            ("FRB:x", "R2000", 23_661.0),
            ("AAA:x", "R2000", 25e6),
            ("SPL:x", None, 23_661.0),
            ("NEW:x", "R2000", 1e6),
            ("UNK:x", "R2000", None),
        ],
        schema=["security_id", "size", "shares"],
        orient="row",
    ).with_columns(note=pl.lit(""))
    days = [SESSION - timedelta(days=i) for i in range(40)]
    window = pl.DataFrame(
        [
            (day, name, 9e6 if name == "NEW:x" and i in (3, 30) else 50_000.0)
            for name in ("FRB:x", "AAA:x", "SPL:x", "NEW:x", "UNK:x")
            for i, day in enumerate(days)
        ],
        schema=["session", "security_id", "volume"],
        orient="row",
    )
    found = without_impossible_counts(lines, window)
    assert found["shares"].to_list() == [None, 25e6, 23_661.0, 1e6, None]
    assert found["note"].to_list() == ["below_daily_volume", "", "", "", ""]
