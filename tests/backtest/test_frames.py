"""Frames of a small store: what is in them, what a killed run leaves, and who computes them."""

import signal
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
import small_study
from polars.testing import assert_frame_equal
from small_study import small_store

from recon.backtest import frames
from recon.backtest.frames import cells_of, collect, collect_lines, past_of
from recon.backtest.moment import Cell, Setup, one_frame
from recon.calendar import event, sessions
from recon.errors import InputError, StoreError
from recon.forecast.features import FEATURES, RULES
from recon.settings import Settings

RANKS = """
[ranks]
top_50 = 1
top_200 = 2
top_500 = 3
russell_1000 = 4
microcap_high = 6
russell_3000 = 8
russell_3000e = 10
"""
PATHS = 25
CELLS = [Cell("2024-06", lead, "strict") for lead in (0, 5, 10)]
KILLED = """
import os, signal, sys
from pathlib import Path
from recon.backtest.frames import collect
from recon.backtest.moment import Cell
from recon.settings import Settings

def stop(done, wanted):
    if done == 2:
        os.kill(os.getpid(), signal.SIGKILL)

store, folder, rules = map(Path, sys.argv[1:])
cells = [Cell("2024-06", lead, "strict") for lead in (0, 5, 10)]
collect(store, cells, folder, paths=25, progress=stop, settings=Settings(rulebook=rules))
"""


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A rulebook that fits the sixteen lines."""
    file = tmp_path_factory.mktemp("rules") / "small.toml"
    file.write_text(RANKS)
    return Settings(rulebook=file)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_store(tmp_path_factory.mktemp("frames")).path


def test_a_frame_holds_features_answers_and_labels(store: Path, settings: Settings) -> None:
    frame, lines = one_frame(Setup(store, settings, PATHS), CELLS[2])
    assert {*FEATURES, *RULES, "added", "deleted", "moved", "seen"} < {*frame.columns}
    changed = frame.filter(pl.col("added") | pl.col("deleted")).sort("symbol")
    assert changed["symbol"].to_list() == ["AAA", "CCC", "FFF", "KKK"]
    assert frame["labels_known_at"].unique().item().date() == event("2024-06").effective
    assert frame["as_of"].unique().item() == CELLS[2].day()
    assert {"rank_4", "rank_8"} < {*lines["name"]}


def test_what_becomes_of_an_event_moves_its_labels_and_nothing_else(
    store: Path, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    true, lines = one_frame(Setup(store, settings, PATHS), CELLS[2])
    told = small_study.announcements()
    other = told.with_columns(ticker=pl.Series(["GGG", "HHH", "EEE", "NOPE"]))
    monkeypatch.setattr(small_study, "announcements", lambda: other)
    false = small_store(tmp_path).path
    frame, false_lines = one_frame(Setup(false, settings, PATHS), CELLS[2])
    labels = ["added", "deleted", "moved"]
    assert_frame_equal(true.drop(labels), frame.filter("seen").drop(labels))
    assert_frame_equal(lines, false_lines)
    assert not true.select(labels).equals(frame.filter("seen").select(labels))
    lost = frame.filter(~pl.col("seen"))
    assert lost.select("company_id", "symbol", "deleted", "rules_in").rows() == [
        ("delete:NOPE", "NOPE", True, False)
    ]


def test_a_killed_run_is_taken_up_where_it_was(
    store: Path, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "frames"
    arguments = [str(store), str(folder), str(settings.rulebook)]
    killed = subprocess.run([sys.executable, "-c", KILLED, *arguments], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert len(list(folder.glob("*.parquet"))) == 2
    computed: list[int] = []
    told: list[tuple[int, int]] = []

    def counting(setup: Setup, cell: Cell) -> tuple[pl.DataFrame, pl.DataFrame]:
        computed.append(cell.lead)
        return one_frame(setup, cell)

    monkeypatch.setattr(frames, "one_frame", counting)
    done = collect(
        store,
        CELLS,
        folder,
        paths=PATHS,
        settings=settings,
        progress=lambda done, wanted: told.append((done, wanted)),
    )
    assert computed == [10]
    assert told == [(2, 3), (3, 3)]
    whole = collect(store, CELLS, tmp_path / "others", paths=PATHS, settings=settings)
    assert_frame_equal(done, whole)
    lines = collect_lines(store, CELLS, folder, paths=PATHS, settings=settings)
    assert lines["lead"].unique().sort().to_list() == [0, 5, 10]


def test_what_would_give_another_frame_gives_another_file(
    store: Path, settings: Settings, tmp_path: Path
) -> None:
    assert settings.rulebook is not None
    other = tmp_path / "other.toml"
    other.write_text(RANKS.replace("russell_3000 = 8", "russell_3000 = 7"))
    setups = [
        Setup(store, settings, PATHS),
        Setup(store, settings, PATHS + 1),
        Setup(store, Settings(rulebook=other), PATHS),
        Setup(store, settings.model_copy(update={"share_precedence": ("screener",)}), PATHS),
        Setup(small_store(tmp_path).path, settings, PATHS),
    ]
    digests = [setup.digest() for setup in setups]
    assert len(set(digests[:4])) == 4
    # Where a store lies does not matter, only what was taken in.
    assert digests[4] == digests[0]
    cells = [*CELLS, Cell("2024-06", 0, "slow-facts"), Cell("2023-06", 0, "strict")]
    assert len(set(frames._files(setups[0], cells, tmp_path))) == len(cells)


def test_a_folder_that_cannot_be_made_is_said(
    store: Path, settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="frames"):
        collect(store, CELLS, tmp_path / "file" / "frames", settings=settings)


def test_cells_count_sessions_back_from_rank_day() -> None:
    rank_day = event("2023-06").rank_day
    assert Cell("2023-06", 0, "strict").day() == rank_day
    day = Cell("2023-06", 20, "strict").day()
    assert len(sessions(day, rank_day)) == 21
    with pytest.raises(InputError, match="lead"):
        Cell("2023-06", -1, "strict").day()


def test_cells_and_events_before_the_data_are_left_out() -> None:
    begin = event("2021-06").rank_day.replace(month=1, day=29)
    found = cells_of(["2021-06", "2022-06"], [0, 20, 60], ["strict"], begin)
    assert {(c.event, c.lead) for c in found} == {
        ("2021-06", 0),
        ("2021-06", 20),
        ("2022-06", 0),
        ("2022-06", 20),
        ("2022-06", 60),
    }
    assert past_of(["2022-06", "2024-06"], begin) == ["2021-06", "2022-06", "2023-06"]
    assert past_of(["2021-06"], begin) == []
