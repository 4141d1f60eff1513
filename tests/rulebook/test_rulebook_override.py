"""The user's own values: what they change, and how a wrong one is refused."""

from pathlib import Path

import pytest

from recon.calendar import event
from recon.errors import RulebookError
from recon.rulebook import load


@pytest.fixture
def write(tmp_path):
    def _write(text: str) -> Path:
        path = tmp_path / "mine.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return _write


def test_a_value_is_overridden_and_nothing_else(write) -> None:
    plain = load(event("2025-06"))
    own = load(event("2025-06"), write("[eligibility]\nmin_price_usd = 2\n"))
    assert own.eligibility.min_price_usd == 2.0
    assert own.eligibility.model_copy(update={"min_price_usd": 1.0}) == plain.eligibility
    assert own.ranks == plain.ranks
    changed = [value for value in own.provenance if value.user]
    assert [value.key for value in changed] == ["eligibility.min_price_usd"]
    assert "mine.toml" in changed[0].source
    assert changed[0].note == "instead of 1.0"


def test_a_list_is_overridden_whole(write) -> None:
    own = load(event("2025-06"), write('structures_excluded = ["spac"]\n'))
    assert own.structures_excluded == ("spac",)


def test_an_override_holds_for_every_event_and_leg(write) -> None:
    path = write("[review]\nfloat_buffer_points = 2.0\n[additional_class]\nmin_addtv_usd = 1e5\n")
    for event_id in ("2015-06", "2026-11", "ipo:2025-12", "shadow:2025-11"):
        own = load(event(event_id), path)
        assert own.review.float_buffer_points == 2.0
        assert own.additional_class.min_addtv_usd == 100_000


def test_the_version_says_that_a_user_set_a_value(write) -> None:
    found = event("2025-06")
    two = load(found, write("[eligibility]\nmin_price_usd = 2.0\n")).version
    again = load(found, write("[eligibility]\nmin_price_usd = 2\n")).version
    three = load(found, write("[eligibility]\nmin_price_usd = 3.0\n")).version
    assert two.startswith("M70+user-")
    assert two == again != three
    assert load(found, write("# nothing set\n")).version == load(found).version


def test_setting_a_value_settles_an_open_choice(write) -> None:
    own = load(event("2025-06"), write("[bands]\nedge_inside = false\n"))
    assert not own.bands.edge_inside
    assert "bands.edge_inside" not in {choice.key for choice in own.open_choices()}


@pytest.mark.parametrize(
    ("text", "field", "expected"),
    [
        ("[eligibility]\nmin_prise_usd = 2.0\n", "eligibility.min_prise_usd", "min_price_usd"),
        ("min_total_cap_usd = 2e7\n", "min_total_cap_usd", "eligibility.min_total_cap_usd"),
        ("[bands]\nrussel_1000_percent = 2\n", "bands.russel_1000_percent", "russell_1000_percent"),
        ("[zzz]\nqqq = 1\n", "zzz.qqq", "eligibility"),
        ('[eligibility]\nmin_price_usd = "2"\n', "eligibility.min_price_usd", "number"),
        ("[eligibility]\nmin_price_usd = -1\n", "eligibility.min_price_usd", "0"),
        ("[eligibility]\nmin_price_usd = nan\n", "eligibility.min_price_usd", "finite"),
        ("[eligibility]\nmin_price_usd = true\n", "eligibility.min_price_usd", "number"),
        ("[bands]\nrussell_1000_percent = 250\n", "bands.russell_1000_percent", "100"),
        ("[ranks]\nrussell_1000 = 1000.5\n", "ranks.russell_1000", "integer"),
        ("[ranks]\nrussell_1000 = 3500\n", "ranks.russell_1000", "rise"),
        ('[eligibility]\nexchanges = "nyse"\n', "eligibility.exchanges", "tuple"),
        ("structures_excluded = [3]\n", "structures_excluded", "string"),
        ('[bands]\npercent_base = "russell_9000"\n', "bands.percent_base", "russell_3000e"),
        ("eligibility = 3\n", "eligibility", "eligibility"),
        ("[bands.edge_inside]\nvalue = true\n", "bands.edge_inside.value", "bands.edge_inside"),
        ("[eligibility\n", "rulebook", "TOML"),
    ],
)
def test_what_does_not_fit_is_refused_in_one_line(write, text, field, expected) -> None:
    with pytest.raises(RulebookError) as caught:
        load(event("2025-06"), write(text))
    error = caught.value
    assert error.field == field
    assert expected in str(error.expected)
    assert len(str(error).splitlines()) == 1
    assert error.exit_code == 2


def test_a_file_that_is_not_there_or_not_text_is_refused(tmp_path) -> None:
    with pytest.raises(RulebookError, match="absent"):
        load(event("2025-06"), tmp_path / "absent.toml")
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(RulebookError, match="binary"):
        load(event("2025-06"), tmp_path / "binary.toml")
