"""It cannot see the future: whatever becomes known after a moment, nothing moves.

Random events and moments of a store; a copy of it gets another future in every table that says
when its rows were known (`future`), and the list with all that goes with it must be the same to
the byte (`saying`). So must a model that is learned at the moment. The last tests plant leaks and
see that this finds them; a leak that nothing passes through any more fails its test.
"""

import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from future import another_future, opened, publish, timed_tables
from proving import OVER, TO_COME, Says
from saying import Asked, any_asked, differing, learned, said

from recon.backtest import walk_forward
from recon.backtest.moment import Cell
from recon.calendar import event, sessions
from recon.contracts import CONTRACTS
from recon.forecast.features import FEATURES
from recon.store import AsOf, Store, reads

pytestmark = pytest.mark.xdist_group("proofs_peeking")

TRIALS, LONG_TRIALS, REAL_TRIALS = 2, 40, 4
BEFORE = date(2024, 3, 27)
"""A session with much to come: rank day, the lists, new holdings."""
LABELLED = datetime(2024, 7, 1, 12, tzinfo=UTC)
"""A moment after the final list of the first event, within the small market."""
FIRST_AFTER = date(2024, 7, 2)
"""A session of the small market after that moment."""


def moved(
    store: Path, folder: Path, asked: Asked, ranks: Path | None, chance: np.random.Generator
) -> list[str]:
    """What another future changes in all that is said; nothing, if nobody peeks."""
    true = said(store, asked, ranks)
    assert len(true) > 5  # few companies have come to market early in a window: few are explained
    slow = asked.hindsight == "slow-facts"
    copy = folder / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    changed = another_future(store, copy, asked.moment(), chance, slow=slow)
    assert sum(changed.values()) > 1000, "the other future is hardly another one"
    return differing(true, said(copy, asked, ranks))


def test_every_table_that_says_when_it_was_known_is_falsified(small_store: Path) -> None:
    with opened(small_store) as connection:
        assert {*timed_tables(connection)} == {*CONTRACTS, "quote_session"}


def test_no_future_moves_a_list(
    small_store: Path,
    ranks: Path,
    tmp_path: Path,
    chance: np.random.Generator,
    long_form: bool,
    proven: Says,
) -> None:
    trials = LONG_TRIALS if long_form else TRIALS
    for number in range(trials):
        asked = any_asked(small_store, chance)
        assert moved(small_store, tmp_path, asked, ranks, chance) == [], (number, asked)
    proven("no byte of a list of the simulated market moves", futures=trials, moments=trials)


@pytest.mark.realdata
def test_no_future_moves_a_list_of_the_real_market(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    chance: np.random.Generator,
    long_form: bool,
    proven: Says,
) -> None:
    if not long_form:
        pytest.skip("takes minutes: run `make prove`")
    store: Store = request.getfixturevalue("real_store")
    store.close()
    for number in range(REAL_TRIALS):
        asked = any_asked(store.path, chance)
        assert moved(store.path, tmp_path, asked, None, chance) == [], (number, asked)
    proven("no byte of a list of the real market moves", futures=REAL_TRIALS, moments=REAL_TRIALS)


def moved_in_training(
    store: Path, folder: Path, ranks: Path, chance: np.random.Generator, trials: int
) -> set[str]:
    """What other futures change in a model that is learned at a moment.

    Its frames are those of the event that is over and of the one to come, which may well move.
    """
    ahead = len(sessions(FIRST_AFTER, event(TO_COME).rank_day)) - 1
    cells = [Cell(OVER, lead, "strict") for lead in (0, 20)] + [Cell(TO_COME, ahead, "strict")]
    true = learned(store, cells, LABELLED, ranks)
    found: set[str] = set()
    for _ in range(trials):
        copy = folder / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        another_future(store, copy, LABELLED.replace(tzinfo=None), chance)
        publish(copy, TO_COME)  # else there is no frame of it
        found.update(differing(true, learned(copy, cells, LABELLED, ranks)))
    return found


def test_no_future_moves_a_model(
    labelled_store: Path,
    ranks: Path,
    tmp_path: Path,
    chance: np.random.Generator,
    long_form: bool,
    proven: Says,
) -> None:
    trials = LONG_TRIALS // 4 if long_form else 1
    assert moved_in_training(labelled_store, tmp_path, ranks, chance, trials) == set()
    proven("no byte of frames, labels, model and chances moves", futures=trials, moments=1)


class Leak:
    """A leak planted in the code; `passed` counts how often the code went through it."""

    def __init__(self) -> None:
        self.passed = 0

    def later(self, known: AsOf) -> AsOf:
        """The same store some weeks later."""
        self.passed += 1
        moment = known.moment + timedelta(days=60)
        return AsOf(known._generation, moment, known.hindsight, known._precedence)


def join_without_as_of(leak: Leak, patch: pytest.MonkeyPatch) -> None:
    """`sql/queries/rows.sql` joins rows with their batch and forgets the moment."""
    query = reads.query

    def leaking(name: str) -> str:
        text = query(name)
        if name == "rows":
            leak.passed += "known_at <= $moment" in text
            text = text.replace("known_at <= $moment", "(known_at <= $moment OR TRUE)")
        return text

    patch.setattr(reads, "query", leaking)


def membership_of_tomorrow(leak: Leak, patch: pytest.MonkeyPatch) -> None:
    """`AsOf.snapshots` and `AsOf.membership` give lists that are published later."""
    snapshots, membership = AsOf.snapshots, AsOf.membership
    patch.setattr(AsOf, "snapshots", lambda self: snapshots(leak.later(self)))
    patch.setattr(AsOf, "membership", lambda self, *key: membership(leak.later(self), *key))


def future_end_of_a_listing(leak: Leak, patch: pytest.MonkeyPatch) -> None:
    """`AsOf.listing_history` gives a listing the end that it has later."""
    history = AsOf.listing_history

    def leaking(self: AsOf) -> pl.DataFrame:
        key = ["symbol", "exchange", "valid_from"]
        ends = history(leak.later(self)).select(*key, end="valid_to")
        return (
            history(self)
            .join(ends, on=key, how="left", maintain_order="left")
            .with_columns(pl.coalesce("valid_to", "end").alias("valid_to"))
            .drop("end")
        )

    patch.setattr(AsOf, "listing_history", leaking)


def scaler_of_all_events(leak: Leak, patch: pytest.MonkeyPatch) -> None:
    """`walk_forward.matrix` scales by the figures of every event that `learn` was given."""
    usable, matrix = walk_forward.usable, walk_forward.matrix
    whole: list[np.ndarray] = []

    def all_of_it(frame: pl.DataFrame, moment: datetime) -> pl.DataFrame:
        whole.append(matrix(frame.filter("seen")))
        return usable(frame, moment)

    def scaled(past: pl.DataFrame) -> np.ndarray:
        leak.passed += 1
        own = matrix(past)
        spread = np.nanstd(whole[-1], axis=0)
        spread[~(spread > 0)] = 1
        # Which side a company is on stays 0 and 1: the classifier has a head for each.
        spread[FEATURES.index("member")] = 1
        return np.asarray(own / spread)

    patch.setattr(walk_forward, "usable", all_of_it)
    patch.setattr(walk_forward, "matrix", scaled)


Plant = Callable[[Leak, pytest.MonkeyPatch], None]


@pytest.mark.parametrize(
    "plant",
    [join_without_as_of, membership_of_tomorrow, future_end_of_a_listing, scaler_of_all_events],
)
def test_a_planted_leak_is_found(
    plant: Plant,
    small_store: Path,
    labelled_store: Path,
    ranks: Path,
    tmp_path: Path,
    chance: np.random.Generator,
    monkeypatch: pytest.MonkeyPatch,
    proven: Says,
) -> None:
    leak = Leak()
    plant(leak, monkeypatch)
    if plant is scaler_of_all_events:
        found = moved_in_training(labelled_store, tmp_path, ranks, chance, 1) & {"model"}
    else:
        found = {*moved(small_store, tmp_path, Asked(OVER, BEFORE), ranks, chance)}
    assert leak.passed, "nothing passes through the planted leak: plant it where the code is now"
    assert found, "the proof does not see this leak"
    proven(f"a planted leak is found: {plant.__name__.replace('_', ' ')}", leaks=1)
