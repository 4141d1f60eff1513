"""The rules of type and structure as data."""

from pathlib import Path

import pytest

from recon.errors import InputError
from recon.master.type_rules import load_type_rules

HEAD = 'issuer_ends = "common"\nseries_group = "series (.+)"\n'
LAST = """
[[form]]
value = "common"
reason = "rest"
when = {}
[[structure]]
value = "corporation"
reason = "rest"
when = {}
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "rules.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_shipped_rules_have_a_reason_of_their_own_each() -> None:
    rules = load_type_rules()
    for reasons in (
        [rule.reason for rule in rules.form],
        [rule.reason for rule in rules.structure],
    ):
        assert len(reasons) == len(set(reasons))


def test_words_are_put_into_words_and_rules(tmp_path: Path) -> None:
    text = (
        HEAD
        + "[words]\none = 'a|b'\ntwo = 'x{one}'\n"
        + "[[form]]\nvalue = 'note'\nreason = 'r'\nwhen = { title = '{two}$' }\n"
        + LAST
    )
    assert load_type_rules(write(tmp_path, text)).form[0].when.title == "(?:x(?:a|b))$"


@pytest.mark.parametrize(
    "rule",
    [
        "value = 'bond'\nreason = 'r'\nwhen = {}",
        "value = 'note'\nreason = 'r'\nwhen = { colour = 'red' }",
        "value = 'note'\nreason = 'r'\nwhen = { title = '(' }",
        "value = 'note'\nreason = 'r'\nwhen = { title = '{nowhere}' }",
        "value = 'note'\nreason = 'Not a code'\nwhen = {}",
    ],
)
def test_rules_that_do_not_hold_together_are_refused(tmp_path: Path, rule: str) -> None:
    path = write(tmp_path, HEAD + "[words]\n[[form]]\n" + rule + "\n" + LAST)
    with pytest.raises(InputError, match="do not hold together"):
        load_type_rules(path)


def test_a_list_of_rules_must_end_with_one_that_holds_always(tmp_path: Path) -> None:
    path = write(tmp_path, HEAD + "[words]\n" + LAST.replace("when = {}", "when = { sic = ['1'] }"))
    with pytest.raises(InputError, match="do not hold together"):
        load_type_rules(path)
