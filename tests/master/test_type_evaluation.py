"""The hand-checked sample and how well the rules answer it."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from type_evaluation import EDGAR_COLUMNS, evaluate, load_sample, mistakes

from recon.errors import InputError

SAMPLE = Path(__file__).with_name("hand_checked_types.toml")
KINDS = 17


@pytest.fixture(scope="module")
def sample() -> pl.DataFrame:
    return load_sample(SAMPLE)


def test_sample_covers_all_types_and_years(sample: pl.DataFrame) -> None:
    assert sample.height >= 300
    assert sample["type"].n_unique() == KINDS
    assert sorted(sample["date"].dt.year().unique()) == [2021, 2022, 2023, 2024, 2025, 2026]
    assert sample.filter(pl.col("draw") != "chosen").height > sample.height / 2
    assert not sample.select("date", "symbol").is_duplicated().any()


def test_every_type_is_found_and_rightly(sample: pl.DataFrame) -> None:
    scores = evaluate(sample)
    print(scores)  # noqa: T201
    bad = scores.filter((pl.col("precision") < 0.95) | (pl.col("recall") < 0.95))
    assert bad.is_empty(), bad


def test_names_without_edgar_still_tell_nearly_all(sample: pl.DataFrame) -> None:
    scores = evaluate(sample, without=EDGAR_COLUMNS).filter(pl.col("what") == "type")
    funds = ["bdc", "closed_end_fund"]
    others = scores.filter(~pl.col("value").is_in(funds))
    assert others.filter((pl.col("precision") < 0.95) | (pl.col("recall") < 0.95)).is_empty()
    # Without EDGAR a BDC and a fund are often taken for each other; both are no members.
    assert scores.filter(pl.col("value").is_in(funds))["recall"].min() >= 0.8


def test_lines_drawn_after_tuning_score_as_the_others(sample: pl.DataFrame) -> None:
    later = evaluate(sample.filter(pl.col("draw") == "drawn after tuning"))
    whole = later.filter(pl.col("value") == "all")
    assert whole["precision"].min() >= 0.98


def test_mistakes_name_both_answers(sample: pl.DataFrame) -> None:
    one = sample.filter(pl.col("symbol") == "NNA")
    wrong = mistakes(one)
    assert wrong.select("type", "found_type").row(0) == ("common", "spac")
    assert wrong["structure_reason"].item() == "name_blank_check"


def test_scores_of_a_known_confusion() -> None:
    lines = pl.DataFrame(
        {
            "date": [date(2021, 5, 7)] * 3,
            "symbol": ["A", "B", "C"],
            "exchange": ["nyse"] * 3,
            "name": ["A Inc. Common Stock", "B Inc. Warrant", "C Inc. Warrant"],
            "type": ["common", "common", "warrant"],
            "structure": ["corporation"] * 3,
            "draw": ["chosen"] * 3,
            "why": ["x"] * 3,
        }
    )
    scores = evaluate(lines).filter(pl.col("what") == "type")
    assert scores.select("value", "lines", "found", "right", "precision", "recall").rows() == [
        ("all", 3, 3, 2, pytest.approx(2 / 3), pytest.approx(2 / 3)),
        ("common", 2, 1, 1, 1.0, 0.5),
        ("warrant", 1, 2, 1, 0.5, 1.0),
    ]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("lines = [{ symbol = 'A', colour = 'red' }]", "unknown fields"),
        ("lines = [{ symbol = 'A', exchange = 'nyse' }]", "incomplete"),
    ],
)
def test_bad_sample_is_refused(tmp_path: Path, text: str, what: str) -> None:
    path = tmp_path / "sample.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=what):
        load_sample(path)
