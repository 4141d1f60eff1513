from small_run import small_run

from recon.publish.explain_words import check_figures, class_moves


def test_a_country_that_is_not_known_is_said_in_words() -> None:
    company = {"incorporation": "ZZ", "headquarters": None, "domestic_filer": False}
    said = check_figures("nationality", company, small_run().rulebook)
    assert said == (
        "incorporated in a country abroad that is not known, headquartered in unknown, "
        "files as a foreign issuer"
    )


def test_a_further_class_may_move_while_its_company_stays() -> None:
    line = {"symbol": "BBB/B", "role": "additional_class", "size": "R2000", "left_on": None}
    company = {"member": True, "to_size": "R2000"}
    (said,) = class_moves(line | {"line_eligible": False}, company)
    assert said.startswith("BBB/B itself leaves")
    assert class_moves(line | {"line_eligible": True}, company) == []
    assert class_moves(line | {"line_eligible": False}, company | {"to_size": None}) == []
