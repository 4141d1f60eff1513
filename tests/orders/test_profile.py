"""The profile: what is shipped, what a user may say, and what is refused."""

from pathlib import Path

import pytest
from small_desk import profile

from recon.errors import ProfileError
from recon.orders.profile import Profile, default_text, read_profile


def test_the_default_gives_every_value_with_a_comment(tmp_path: Path) -> None:
    same = profile(tmp_path, default_text())
    assert same == read_profile()
    assert same.id == read_profile().id
    for name, field in Profile.model_fields.items():
        if name != "name":
            assert f"[{name}]" in default_text()
            for value in field.annotation.model_fields:
                assert f"\n{value} = " in default_text()


def test_every_figure_says_its_unit() -> None:
    for section in Profile.model_fields.values():
        for field in getattr(section.annotation, "model_fields", {}).values():
            assert field.description


def test_a_user_changes_single_values(tmp_path: Path) -> None:
    own = profile(tmp_path, 'name = "mine"\n[limits]\nmin_price_usd = 5.0\n')
    assert own.limits.min_price_usd == 5.0
    assert own.limits.min_probability == read_profile().limits.min_probability
    assert own.id.startswith("mine-")
    assert own.id != read_profile().id


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[limits]\nmin_prise_usd = 5.0", "limits.min_prise_usd"),
        ("[limit]\nmin_price_usd = 5.0", "limit"),
        ("[limits]\nmin_price_usd = -1", "limits.min_price_usd"),
        ('[universe]\nkinds = ["merger"]', "universe.kinds"),
        ("universe = 3", "universe"),
        ("[limits]\nmin_demand_days = 100.0", "above its upper bound"),
        ("[confidence]\nmedium = 0.95", "confidence.medium"),
        ('name = "../../etc"', "name"),
        ("[limits]\nrequire_demand = false", "weighting by demand"),
        ("this is no toml", "cannot be read"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ProfileError, match=said.replace(".", r"\.")) as raised:
        profile(tmp_path, text)
    assert "\n" not in str(raised.value)


def test_a_missing_file_is_the_callers_error(tmp_path: Path) -> None:
    with pytest.raises(ProfileError, match="cannot be read"):
        read_profile(tmp_path / "absent.toml")


def test_one_leg_takes_the_whole_book(tmp_path: Path) -> None:
    one = profile(tmp_path, '[book]\nbook_usd = 10.0\nlegs = "short"')
    assert (one.leg_usd("short"), one.leg_usd("long")) == (10.0, 0.0)
    assert read_profile().leg_usd("long") == read_profile().book.book_usd / 2
