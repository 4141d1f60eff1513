"""Counts that come after the session, on a store made by hand."""

from datetime import date, timedelta

import polars as pl

from recon.master.first_counts import SESSIONS_AFTER, with_first_counts

SESSION = date(2025, 7, 31)
LINES = pl.DataFrame(
    {
        "symbol": ["OLD", "NEW", "NEV", "PRF"],
        "security_type": ["common", "common", "common", "preferred"],
        "shares": [5e6, None, None, None],
        "provenance": ["reported", "missing", "missing", "missing"],
        "note": ["", "", "", ""],
    }
)


class Known:
    """Quotes of the sessions after, up to a moment."""

    def __init__(self, days: int) -> None:
        self.days = [SESSION + timedelta(days=i) for i in range(days + 1)]

    def sessions(self) -> list[date]:
        return self.days

    def quotes(
        self, first: date, last: date, columns: tuple[str, ...], symbols: list[str]
    ) -> pl.DataFrame:
        rows = [
            (day, symbol, 10.0 + i, caps.get(symbol, 0.0))
            for i, day in enumerate(self.days)
            for caps in [{"NEW": 3e7 * (10 + i) / 10, "OLD": 1e9, "PRF": 1e9} if i > 2 else {}]
            for symbol in symbols
            if first <= day <= last
        ]
        return pl.DataFrame(
            rows, schema=["session", "symbol", "close", "market_cap"], orient="row"
        ).select(columns)


def test_the_first_count_shown_later_is_taken_where_none_is_known() -> None:
    found = with_first_counts(LINES, Known(8), SESSION)  # type: ignore[arg-type]
    assert found["shares"].to_list() == [5e6, 3e6, None, None]
    assert found["provenance"].to_list() == ["reported", "first_shown", "missing", "missing"]
    assert found.row(1, named=True)["note"] == "shown:2025-08-03"
    assert found.columns == LINES.columns


def test_before_it_is_shown_nothing_is_known() -> None:
    for days in (0, 2):
        assert with_first_counts(LINES, Known(days), SESSION).equals(LINES)  # type: ignore[arg-type]


def test_it_looks_no_further_than_the_announcement() -> None:
    asked: list[date] = []

    class Asked(Known):
        def quotes(
            self, first: date, last: date, columns: tuple[str, ...], symbols: list[str]
        ) -> pl.DataFrame:
            asked.extend((first, last))
            return super().quotes(first, last, columns, symbols)

    with_first_counts(LINES, Asked(SESSIONS_AFTER + 9), SESSION)  # type: ignore[arg-type]
    assert asked == [SESSION + timedelta(days=1), SESSION + timedelta(days=SESSIONS_AFTER)]
