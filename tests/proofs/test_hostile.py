"""The short form of what is built to do harm; `make prove-input` reads all of it."""

from pathlib import Path
from unittest.mock import MagicMock

import pytest

from proofs.input import hostile, hostile_files, hostile_git
from proofs.input.hostile import RAN, Hostile, all_of, suffer

pytestmark = [pytest.mark.xdist_group("proofs_killing"), pytest.mark.usefixtures("forks")]

CASES = {one.name: one for one in (*hostile_files.cases(), *hostile_git.cases())}
SHORT = (
    "a PDF whose page inflates to gigabytes",
    "a PDF whose pages are their own parent",
    "an archive that lies about a size",
    "quotes whose pages lie",
    "a history with odd paths",
    "a difference that makes four gigabytes",
    "a repository whose settings name programs",
    "settings included from what never ends",
)


@pytest.mark.parametrize("name", SHORT)
def test_it_comes_to_nothing(name, tmp_path):
    kind, said, _, megabytes = suffer(CASES[name], tmp_path)
    assert said == ""
    assert kind is not None
    assert megabytes < 1200


def _rows(folder: Path) -> Path:
    (folder / "own.csv").write_text(
        "symbol,as_of,shares,known_at,source\nMSFT,2025-01-28,7430000000,2025-02-05,x\n"
    )
    return folder / "own.csv"


def test_a_row_that_is_taken_in_is_found(tmp_path):
    found = all_of([Hostile("a row", _rows)], tmp_path, tmp_path / "kept")
    assert [said for _, said in found.defects] == ["a row: 1 rows were accepted"]


def test_what_a_program_leaves_is_found(tmp_path, monkeypatch):
    pipe, forks = MagicMock(), MagicMock()
    pipe.recv.return_value = ("refused", "", 1)
    forks.Pipe.return_value = (pipe, pipe)
    forks.Process.return_value.start.side_effect = (tmp_path / RAN).touch
    monkeypatch.setattr(hostile, "FORKS", forks)
    assert RAN in suffer(Hostile("a row", _rows), tmp_path)[1]
