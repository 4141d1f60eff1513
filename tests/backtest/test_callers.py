"""Whose calls are held: a model that knew nothing later, else the rules."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from polars.testing import assert_frame_equal
from small_run import small_run
from small_study import small_store

from recon.backtest import callers as room
from recon.backtest.callers import callers
from recon.backtest.terms import Terms
from recon.calendar import end_of_day
from recon.forecast.card import fitting
from recon.orders.profile import read_profile
from recon.publish.candidates import candidates
from recon.resources import models_directory
from recon.store import Store


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return small_store(tmp_path_factory.mktemp("called"), lists=False)


def test_without_a_model_of_that_time_the_rules_call_and_it_is_said(store: Store) -> None:
    done = small_run()
    young = Path(models_directory())
    assert fitting(young, end_of_day(date(2021, 5, 7)), "strict") is None
    with store:
        none = callers(store, done, Terms(models=store.path))
        rules = callers(store, done, Terms(models=None))
    assert list(none.lists) == ["model", "rules"]
    assert "no event was over by then" in none.remark
    assert list(rules.lists) == ["rules"]
    for rows in (*none.lists.values(), *rules.lists.values()):
        assert rows.select("symbol", "call").equals(candidates(done).select("symbol", "call"))


def test_the_model_is_asked_with_what_was_known_at_the_run(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    done, asked = small_run(), []

    def look_ahead(run: object, known: object, folder: Path) -> None:
        asked.append((run, known.moment, known.hindsight, folder))  # type: ignore[attr-defined]

    monkeypatch.setattr(room, "look_ahead", look_ahead)
    with store:
        callers(store, done, Terms())
    ((run, moment, hindsight, folder),) = asked
    assert run is done
    assert (moment, hindsight) == (end_of_day(done.as_of), done.hindsight)
    assert folder == models_directory()


def test_under_a_profile_both_lists_hold_what_it_orders(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    done, seen = small_run(), []

    def ordered(_run: object, rows: object, _trades: object, known: object, _profile: object):
        seen.append(known)
        return rows

    monkeypatch.setattr(room, "ordered", ordered)
    with store:
        found = callers(store, done, Terms(profile=read_profile(None), models=store.path))
    assert len(seen) == 1
    assert_frame_equal(found.lists["model"], found.lists["rules"])


def test_terms_that_differ_are_told_apart(tmp_path: Path) -> None:
    usual = Terms()
    assert usual.digest() == Terms().digest()
    card = tmp_path / "recon-2021-06-strict.json"
    card.write_text("{}")
    others = [
        Terms(weighting="demand"),
        Terms(costs=usual.costs.model_copy(update={"fee_bps": 2.0})),
        Terms(profile=read_profile(None)),
        Terms(models=None),
        Terms(models=tmp_path),
    ]
    assert len({usual.digest(), *(one.digest() for one in others)}) == 1 + len(others)
    before = Terms(models=tmp_path).digest()
    card.write_text('{"other": 1}')
    assert Terms(models=tmp_path).digest() != before
    assert replace(usual, weighting="probability").words() == "by probability"
