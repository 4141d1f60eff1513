"""What stands above an answer about an IPO event, on a run made by hand."""

from datetime import date

import polars as pl
from small_run import small_run

from recon.additions import carry, russell_3000e
from recon.calendar import event
from recon.publish.head import head


def test_the_head_says_who_was_asked_and_which_lines_decide() -> None:
    ranked = small_run()
    carried = carry(
        ranked.event,
        "a run",
        ranked.session,
        russell_3000e(ranked.companies, ranked.rulebook),
        ranked.breakpoints,
        1.0971,
    )
    rank_day = date(2024, 7, 31)
    begun = pl.when(pl.col("symbol").is_in(["FFF", "MMM"])).then(pl.lit(date(2024, 6, 3)))
    run = small_run(
        event=event("ipo:2024-09"),
        as_of=rank_day,
        session=rank_day,
        companies=ranked.companies.with_columns(begun=begun),
        breakpoints=carried.breakpoints,
        carried=carried,
    )
    text = head(run, rank_day)
    said = "\n".join(text)
    assert "IPO window 2024-05-01 to 2024-07-31: 2 companies came to market" in said
    assert "lines of 2024-06 (2024-04-30) × 1.0971" in said
    assert "smallest of the Russell 3000E $768.0m" in said
    assert "no share count yet: MMM" in said
    assert "band from" not in said
