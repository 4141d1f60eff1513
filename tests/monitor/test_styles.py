"""Style factors and exposures, against a market made of known ones."""

import numpy as np
import polars as pl
import pytest
from small_panel import BEGIN, SESSIONS, calm, made, quotes

from recon.forecast.traits import SECTORS
from recon.monitor.exposures import PRIOR, exposures, style_parts
from recon.monitor.panel import panel
from recon.monitor.styles import HISTORY, STYLES, sector_codes, style_returns

DAYS, N = 400, 60
FORMED = 300


def universe(caps: np.ndarray, sector: str | None = "Finance") -> pl.DataFrame:
    return pl.DataFrame(
        {
            "security_id": [f"s{i:03}" for i in range(len(caps))],
            "sector": [sector] * len(caps),
            "total_cap_usd": caps,
        },
        schema_overrides={"sector": pl.String},
    )


def equal(n: int = N) -> np.ndarray:
    return np.full(n, 1e9)


def test_the_market_is_the_cap_weighted_return():
    changes = calm(DAYS, 3)
    prices = made(changes)
    caps = np.array([3e9, 1e9, 1e9])
    found = style_returns(prices, universe(caps), FORMED, large=1)
    path = np.cumsum(changes, axis=0)
    value = caps * np.exp(path - path[FORMED])
    expected = np.log(value[1:].sum(axis=1) / value[:-1].sum(axis=1))
    np.testing.assert_allclose(found.market[1:], expected, atol=1e-12)


def test_small_less_large_is_by_rank():
    changes = calm(DAYS, N, sigma=1e-4)
    changes[:, 20:] += 0.001
    caps = np.linspace(5e10, 1e8, N)
    found = style_returns(made(changes), universe(caps), FORMED, large=20)
    assert found.size[30:].mean() == pytest.approx(0.001, abs=1e-4)
    assert found.size[0] == 0


def test_a_sector_is_told_from_the_market_and_one_without_companies_is_nothing():
    changes = calm(DAYS, N, sigma=1e-4)
    changes[:, :30] += 0.002
    who = universe(equal()).with_columns(sector=pl.Series(["Energy"] * 30 + ["Capital Goods"] * 30))
    found = style_returns(made(changes), who, FORMED, large=20)
    energy, industry = (found.sector[:, SECTORS.index(s)] for s in ("Energy", "Industrials"))
    assert energy.mean() > 0.0005
    assert industry.mean() < -0.0005
    assert not found.sector[:, SECTORS.index("Utilities")].any()


def test_winners_and_the_volatile_are_known_by_the_past_alone():
    changes = calm(DAYS, N, sigma=0.001)
    changes[:200, :20] += 0.01
    changes[200:, :20] -= 0.004
    changes[:, 40:] += calm(DAYS, 20, seed=1, sigma=0.03)
    prices = made(changes)
    found = style_returns(prices, universe(equal()), FORMED, large=20)
    assert not found.momentum[: HISTORY - 1].any()
    assert found.momentum[150:200].mean() > 0.005
    assert found.momentum[215:240].mean() < -0.001
    assert found.volatility[150:].std() > 0.004


def test_what_comes_later_changes_no_return_of_before():
    changes = calm(DAYS, N)
    known = style_returns(made(changes[:350]), universe(equal()), FORMED, large=20)
    false = changes.copy()
    false[350:] *= -5
    other = style_returns(made(false), universe(equal()), FORMED, large=20)
    for name in ("market", "size", "momentum", "volatility", "sector"):
        np.testing.assert_allclose(getattr(other, name)[:350], getattr(known, name), atol=1e-12)


def test_it_does_not_matter_how_much_of_the_past_is_looked_at():
    frame = quotes(calm(DAYS, N, sigma=0.02))
    late = frame.filter(pl.col("session") >= SESSIONS[17])
    found = [
        style_returns(panel(one, BEGIN), universe(equal()), formed, large=20)
        for one, formed in ((frame, FORMED), (late, FORMED - 17))
    ]
    for name in ("market", "size", "momentum", "volatility", "sector"):
        long, short = (getattr(one, name) for one in found)
        np.testing.assert_allclose(long[300:], short[300 - 17 :], atol=1e-12)
        assert long[300:].any() or name == "sector"


def planted() -> tuple[np.ndarray, np.ndarray]:
    """Companies that follow one market with betas from a half to two."""
    beta = np.linspace(0.5, 2.0, N)
    beta *= 1 / beta.mean()
    market = calm(DAYS, 1, seed=5, sigma=0.02)
    return market * beta + calm(DAYS, N, seed=6, sigma=0.002), beta


def test_betas_are_found_from_the_past_alone():
    changes, beta = planted()
    false = changes.copy()
    false[FORMED + 1 :] *= -3
    everyone, sectors = np.arange(N), np.zeros(N, dtype=np.int64)
    found = []
    for one in (changes, false):
        prices = made(one)
        styles = style_returns(prices, universe(equal()), FORMED, large=20)
        found.append(exposures(prices, styles, everyone, sectors, FORMED))
    np.testing.assert_allclose(found[0], found[1])
    market = found[0][:, 0]
    assert np.corrcoef(market, beta)[0, 1] > 0.95


def test_a_line_without_a_past_has_the_average_exposures():
    prices = made(planted()[0])
    styles = style_returns(prices, universe(equal()), FORMED, large=20)
    found = exposures(prices, styles, np.array([-1]), np.array([-1]), FORMED)
    np.testing.assert_array_equal(found[0], PRIOR)


def test_styles_and_the_rest_add_up_to_the_changes():
    changes, _ = planted()
    prices = made(changes)
    styles = style_returns(prices, universe(equal(), None), FORMED, large=20)
    everyone, sectors = np.arange(N), np.full(N, -1)
    beta = exposures(prices, styles, everyone, sectors, FORMED)
    parts, own = style_parts(prices, styles, everyone, sectors, beta)
    assert parts.shape == (len(STYLES), DAYS, N)
    np.testing.assert_allclose(
        parts.sum(axis=0) + own, np.cumsum(np.nan_to_num(prices.change), axis=0), atol=1e-10
    )
    assert not parts[STYLES.index("sector")].any()
    whole = changes[FORMED + 1 :].std(axis=0)
    rest = np.diff(own[FORMED:], axis=0).std(axis=0)
    assert (rest < 0.6 * whole).all()


def test_sectors_are_in_todays_words():
    words = pl.Series(["Capital Goods", "Industrials", "Miscellaneous", None])
    place = SECTORS.index("Industrials")
    assert sector_codes(words).tolist() == [place, place, -1, -1]
