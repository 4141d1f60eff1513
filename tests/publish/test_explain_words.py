from small_run import small_run

from recon.publish.explain_words import check_figures


def test_a_country_that_is_not_known_is_said_in_words() -> None:
    company = {"incorporation": "ZZ", "headquarters": None, "domestic_filer": False}
    said = check_figures("nationality", company, small_run().rulebook)
    assert said == (
        "incorporated in a country abroad that is not known, headquartered in unknown, "
        "files as a foreign issuer"
    )
