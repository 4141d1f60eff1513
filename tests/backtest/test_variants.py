"""The ablation, the learning curve, and the charts, on events with a truth that can be learned."""

import re
import sys
from pathlib import Path

import polars as pl
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "forecast"))

from small_events import frame

from recon.backtest.charts import charts, write_charts
from recon.backtest.report import Backtest, backtest
from recon.backtest.tally import EVENTS
from recon.backtest.variants import (
    NO_CLASSIFIER,
    NO_SIMULATION,
    WHOLE,
    WRONG_BY,
    WRONG_DATE,
    ablation,
    as_if_rank_day,
    curve,
    learning_curve,
)
from recon.publish.pictures import svg

EVENT_IDS = ("2021-06", "2022-06", "2023-06")
ELSEWHERE = re.compile(r"""(?:href|src)\s*=\s*["'](?!#|data:)|url\((?!#)|@import|<script""")


@pytest.fixture(scope="module")
def frames() -> pl.DataFrame:
    return pl.concat([frame(e, lead, n=500) for e in EVENT_IDS for lead in (0, 20, WRONG_BY)])


@pytest.fixture(scope="module")
def done(frames: pl.DataFrame) -> Backtest:
    lines = pl.concat(
        pl.DataFrame(
            {
                "event": event,
                "lead": [0, 20, 20, 20],
                "hindsight": "strict",
                "name": "rank_3000",
                "quantile": [0.5, 0.05, 0.5, 0.95],
                "cap_usd": [1e8, 0.8e8, 1e8, 1.3e8],
                "now_usd": 1.1e8,
            }
        )
        for event in EVENT_IDS
    )
    own = frames.filter(pl.col("lead") != WRONG_BY)
    return backtest(own, lines, ["2022-06", "2023-06"], [0, 20], simulated=True)


def test_on_rank_day_nothing_is_left_to_simulate(frames: pl.DataFrame) -> None:
    plain = as_if_rank_day(frames.with_columns(doubt=pl.lit(0.9), rules_in=pl.lit(True)))
    assert plain["sessions_ahead"].unique().to_list() == [0]
    assert plain["p_r3000"].unique().to_list() == [1]
    assert plain["sigma"].unique().to_list() == [0.7]
    untouched = ["distance_3000", "added", "member", "lead"]
    assert plain.select(untouched).equals(frames.select(untouched))
    unsized = as_if_rank_day(frames.with_columns(sigma=pl.lit(None, pl.Float64)))
    assert unsized.select("p_r3000", "p_priced", "sigma").null_count().row(0) == (len(frames),) * 3


def test_each_part_is_worth_something(frames: pl.DataFrame) -> None:
    found = ablation(frames, ["2022-06", "2023-06"], [0, 20])
    means = found.filter((pl.col("event") == EVENTS) & (pl.col("action") == "add"))
    skill = {
        (row["variant"], row["lead"]): row["model_brier_skill"]
        for row in means.iter_rows(named=True)
    }
    assert set(skill) == {
        *((one, lead) for one in (WHOLE, NO_CLASSIFIER, NO_SIMULATION) for lead in (0, 20)),
        (WRONG_DATE, 0),
    }
    assert skill[WHOLE, 0] > skill[NO_CLASSIFIER, 0] + 0.02
    assert skill[WHOLE, 20] > skill[NO_SIMULATION, 20] + 0.005
    assert skill[WHOLE, 0] > skill[WRONG_DATE, 0] + 0.05


def test_the_curve_takes_every_choice_of_events_before(frames: pl.DataFrame) -> None:
    found = learning_curve(frames.filter(pl.col("lead") == 0), "2023-06")
    assert set(found["events"]) == {"2021-06", "2022-06", "2021-06+2022-06"}
    means = curve(found).filter(pl.col("action") == "add")
    assert means.select("trained_on", "choices").rows() == [(1, 2), (2, 1)]
    one = means.row(0, named=True)
    assert one["model_f1_least"] <= one["model_f1"] <= one["model_f1_most"]


def test_bins_are_of_each_scope_and_each_card(done: Backtest) -> None:
    assert set(done.bins["scope"]) == {"Russell 3000", "additions", "deletions", "moves"}
    assert set(done.card_bins["lead"]) == {0, 20}
    whole = next(one for one in done.errors() if one["scope"] == "Russell 3000")
    own = done.card_bins.filter(pl.col("action").is_in(["add", "delete"]))
    assert whole["n"] == own["n"].sum()
    assert done.trained_on() == {"2022-06": 1, "2023-06": 2}


def test_charts_need_nothing_from_outside(done: Backtest, tmp_path: Path) -> None:
    files = write_charts(done, tmp_path / "charts")
    assert {file.suffix for file in files} == {".svg", ".png"}
    assert len(files) == 2 * len(charts(done)) == 8
    for file in files:
        content = file.read_bytes()
        if file.suffix == ".png":
            assert content.startswith(b"\x89PNG")
            continue
        text = content.decode()
        assert not ELSEWHERE.search(text)
        assert "SIMULATED MARKET" in text
        assert {*re.findall(r"https?://[^\"' <]+", text)} <= {
            "http://www.w3.org/2000/svg",
            "http://www.w3.org/1999/xlink",
        }


def test_the_reliability_diagram_says_its_n(done: Backtest) -> None:
    drawn = svg(charts(done)["reliability"])
    for n in done.bins.filter(pl.col("scope") == "Russell 3000")["n"]:
        assert f">{n:,}<" in drawn
