from pathlib import Path

import pytest
from small_study import small_store, studied, study_of

from recon.cli.output import render
from recon.cli.returns_text import study_text


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder: Path = tmp_path_factory.mktemp("study")
    return render(study_text(study_of(studied(small_store(folder)))), to_file=True)


@pytest.mark.parametrize(
    "said",
    [
        "event study of calls as of rank day, hindsight strict, calls weighted equally",
        "costs a side: fee 1 bps",
        "retrospective label",
        "perfect foresight",
        "2024-04-02 – 2024-04-30 *",
        "beside the literature",
        "delisted in a window, out at the last price: 1",
    ],
)
def test_a_study_says_what_it_rests_on(text: str, said: str) -> None:
    assert said in text


def test_every_figure_has_its_n_and_its_event(text: str) -> None:
    rows = [line.split() for line in text.splitlines()]
    mine = [row[2:5] for row in rows if row[:2] == ["additions", "model"]]
    adjusted, net = (float(row[0]) for row in mine[:2])
    assert 40 < net < adjusted < 50, "costs come off"
    assert [row[1:] for row in mine[:2]] == [["±0.0", "(1)"]] * 2
    assert next(row[1:3] for row in rows if row[:1] == ["basket"]) == ["2024-06", "pooled"]


def test_who_was_delisted_is_named_with_the_last_price(text: str) -> None:
    (line,) = [one for one in text.splitlines() if " III " in one]
    assert "2024-06-07" in line
    assert "model, rules" in line
