from dataclasses import replace

import polars as pl
from small_run import small_run

from recon.publish.explain import explain
from recon.publish.explain_words import check_figures


def test_a_country_that_is_not_known_is_said_in_words() -> None:
    company = {"incorporation": "ZZ", "headquarters": None, "domestic_filer": False}
    said = check_figures("nationality", company, small_run().rulebook)
    assert said == (
        "incorporated in a country abroad that is not known, headquartered in unknown, "
        "files as a foreign issuer"
    )


def test_a_further_class_may_move_while_its_company_stays() -> None:
    run = small_run()
    own = pl.col("symbol") == "BBB/B"

    def said(*, eligible: bool, to_size: str | None = "R1000") -> str:
        lines = run.lines.with_columns(
            line_eligible=pl.when(own).then(pl.lit(eligible)).otherwise("line_eligible")
        )
        companies = run.companies.with_columns(
            to_size=pl.when(pl.col("company_id") == "name:B")
            .then(pl.lit(to_size))
            .otherwise("to_size")
        )
        moved = replace(run, lines=lines, companies=companies)
        return explain(moved, "BBB/B").remark or ""

    assert said(eligible=False).startswith("BBB/B itself leaves")
    assert said(eligible=True) == ""
    assert said(eligible=False, to_size=None) == ""
