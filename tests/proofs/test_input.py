"""The short form of `make prove-input`: a few dozen changed files of each source."""

import subprocess
from datetime import date
from pathlib import Path
from random import Random

import polars as pl
import pytest

from proofs.input.judge import Taken, WrongError, judge, plausible, take
from proofs.input.seed import Seed
from proofs.input.seeds import seeds
from proofs.input.targets import READERS, run
from recon.sources import screener
from recon.sources.base import Chunk
from recon.sources.simulated import simulate

FILES = 12
"""Of each seed."""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> list[Seed]:
    folder = tmp_path_factory.mktemp("market")
    simulate(folder, first=date(2025, 2, 3), last=date(2025, 3, 31), companies=100)
    return seeds(folder)


def whole(seed: Seed, folder: Path) -> Taken | None:
    (folder / seed.name).write_bytes(seed.content)
    for name, content in seed.beside.items():
        (folder / name).write_bytes(content)
    return None if seed.target in READERS else take(folder / seed.name)


def test_a_bundle_is_found_by_a_path_that_is_relative(tmp_path, monkeypatch):
    market = tmp_path / "data" / "market"
    market.mkdir(parents=True)
    made = tmp_path / "made"
    made.mkdir()
    git = ("git", "-C", str(made), "-c", "user.name=x", "-c", "user.email=x@x")
    subprocess.run([*git, "init", "-q", "-b", "main"], check=True)
    for number in range(6):
        for exchange in ("nyse", "nasdaq", "amex"):
            file = made / exchange / f"{exchange}_full_tickers.json"
            file.parent.mkdir(exist_ok=True)
            file.write_text(f'[{{"symbol": "A{number}"}}]')
        subprocess.run([*git, "add", "."], check=True)
        subprocess.run([*git, "commit", "-q", "-m", f"{number}"], check=True)
    bundle = market / "made.bundle"
    subprocess.run([*git, "bundle", "create", "-q", str(bundle), "main"], check=True)
    monkeypatch.chdir(tmp_path)
    assert any(one.name == "cut.bundle" for one in seeds(Path("data")))


def test_no_changed_file_ends_a_reader_or_slips_a_row_in(found, tmp_path):
    assert len({one.target for one in found}) > 20
    wrong = []
    for number, seed in enumerate(found):
        folder = tmp_path / str(number)
        folder.mkdir()
        original = whole(seed, folder)
        if original is not None and not original.frames:
            continue  # so small a market has no members of some index
        for case in range(FILES):
            chance = Random(f"short:{seed.target}:{number}:{case}")
            try:
                run(seed, original, case, chance, folder)
            except WrongError as error:
                wrong.append(f"{seed.target} {case}: {error}")
    assert wrong == []


def test_the_proof_can_fail(found, tmp_path, monkeypatch):
    seed = next(one for one in found if one.name == "screener_daily.parquet")
    original = whole(seed, tmp_path)
    monkeypatch.setattr(screener, "check", Chunk)
    with pytest.raises(WrongError):
        [run(seed, original, 1, Random(f"{case}"), tmp_path) for case in range(60)]


def test_a_new_row_and_a_row_gone_in_silence_are_found():
    one, two = (Taken("accepted", {"t": pl.DataFrame({"a": part})}) for part in ([1, 2], [1, 3]))
    with pytest.raises(WrongError, match="original"):
        judge(two, one, "no_new", frozenset())
    less = Taken("accepted", {"t": pl.DataFrame({"a": [1]})})
    with pytest.raises(WrongError, match="gone"):
        judge(less, one, "no_new", frozenset())
    judge(Taken("quarantined", less.frames, rejected=1), one, "no_new", frozenset())


@pytest.mark.parametrize(
    "cells",
    [{"x": [1e300]}, {"x": [float("nan")]}, {"d": [date(9000, 1, 1)]}, {"t": ["\x1b[2J"]}]
    + [{"symbol": [text]} for text in ("../../x", "'; DROP TABLE x", "=cmd|", "a b")],
)
def test_what_can_be_no_fact_is_found(cells):
    with pytest.raises(WrongError, match="can be no fact"):
        plausible(pl.DataFrame(cells))
