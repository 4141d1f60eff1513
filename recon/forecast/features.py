"""One row per company of a run: all that the classifier may know.

Sizes come from the simulation, sides from the rules, the rest from what is known of the company
at the moment. See `recon.forecast.traits` for what keeps hindsight out.
"""

from typing import Final

import numpy as np
import polars as pl

from recon.forecast.factors import fit_factors, log_returns
from recon.forecast.field import Field, field_of
from recon.forecast.hazard import hazard
from recon.forecast.kind import chance_by_kind
from recon.forecast.simulate import PATHS, Outcome, Setting, seed_of, simulate
from recon.forecast.standing import list_age, once_members, passed_over, unheld
from recon.forecast.traits import KIND, traits
from recon.forecast.view import View

SIZE: Final = (
    "p_r3000",
    "p_r1000",
    "p_priced",
    "sigma",
    "distance_3000",
    "distance_side",
)
"""What the simulation and the ranking say."""
STANDING: Final = (
    "member",
    "was_r1000",
    "was_micro",
    "knows_micro",
    "unheld",
    "list_age",
    "spun_off",
    "refused_recon",
    "refused_early",
    "refused_ipo",
    "refusals",
    "events_since_listed",
    "fails_share_type",
    "fails_structure",
    "seat_abroad",
    "once_member",
    "fails_price",
    "fails_cap",
    "price_pinned",
    "doubt",
    "cap_reported",
    "cap_units",
    "cap_sibling",
    "sessions_ahead",
    "kind_odds",
    "log_dollar_volume",
    "change_year",
    "change_quarter",
)
"""What is known of the company's standing."""
FEATURES: Final = (*SIZE, *STANDING, *KIND, "ruled_eligible")
"""Columns that the classifier reads, in order."""
RULES: Final = ("rules_in", "rules_large", "rules_unbanded_large", "eligible", "stays")
"""The rules' answer as if the session were rank day, the side of the Russell 1000 and who stays
whatever its size, for calls and baselines; not read by the classifier."""


def features(
    view: View, quotes: pl.DataFrame, announcements: pl.DataFrame, *, paths: int = PATHS
) -> pl.DataFrame:
    """Features of every company of a run.

    Parameters
    ----------
    view : View
        The run.
    quotes : pl.DataFrame
        `session`, `security_id`, `close`, `netchange` (USD), `volume` (shares) of the past year
        up to the run's session, one row per session and security.
    announcements : pl.DataFrame
        Official changes known at the moment: `event`, `index`, `action`, `ticker`.
    paths : int
        Of the simulation.

    Returns
    -------
    pl.DataFrame
        `company_id`, `symbol`, the columns of `FEATURES` (Float64; null where not known) and of
        `RULES` (bool), `distance_1000` (log distance of the cap to rank 1,000, for the baseline
        without bands), `places` (of the Russell 3000, less the members that are not among the
        companies).
    """
    return examine(view, quotes, announcements, paths=paths)[0]


def examine(
    view: View,
    quotes: pl.DataFrame,
    announcements: pl.DataFrame,
    *,
    paths: int = PATHS,
    seed: int | None = None,
) -> tuple[pl.DataFrame, Outcome]:
    """Features of every company, and the simulation that they rest on.

    `seed` is of the simulation; by default the run's own.
    """
    outcome = _outcome(view, field_of(view), quotes, paths, seed)
    known = traits(view, quotes)
    refused = pl.any_horizontal(*passed_over(view).values())
    asked = view.companies.select("company_id", "member", refused=refused).join(
        known, on="company_id", maintain_order="left"
    )
    kinds = chance_by_kind(asked)
    frame = (
        view.companies.join(known, on="company_id", maintain_order="left")
        .join(kinds, on="company_id", maintain_order="left")
        .join(outcome.companies, on="company_id", how="left", maintain_order="left")
        .join(_failures(view), on="company_id", how="left", maintain_order="left")
        .join(
            once_members(announcements, view),
            on="security_id",
            how="left",
            maintain_order="left",
        )
        .join(unheld(view.membership), on="security_id", how="left", maintain_order="left")
        .with_columns(**_standing(view), **_size(view))
        .with_columns(ruled_eligible="eligible")
    )
    return (
        frame.select(
            "company_id",
            "symbol",
            *(pl.col(name).cast(pl.Float64).fill_nan(None) for name in FEATURES),
            *RULES,
            "distance_1000",
            places=pl.lit(float(view.rulebook.ranks.russell_3000 - view.absent.height)),
        ),
        outcome,
    )


def _outcome(
    view: View, field: Field, quotes: pl.DataFrame, paths: int, seed: int | None
) -> Outcome:
    """Simulation among the companies that the rules admit.

    Some of them the owner leaves out, and takes about as many that the rules refuse: drawing the
    first alone by their kind put the line at rank 3,000 a seventh too low (2022-2024).
    """
    factors = fit_factors(
        log_returns(quotes),
        field.companies["security_id"].to_list(),
        field.companies["sector"].to_list(),
        np.log(field.array("total_cap_usd")).astype(np.float32),
    )
    setting = Setting(
        paths=paths,
        sessions=view.sessions_to_rank_day,
        hazard=hazard(view.securities, view.session),
        seed=seed_of(view.run_id) if seed is None else seed,
    )
    return simulate(field, factors, view.rulebook, setting)


def _failures(view: View) -> pl.DataFrame:
    """Which rules a company fails, and where its nationality is open."""

    def says(rule: str, verdict: str) -> pl.Expr:
        return ((pl.col("rule") == rule) & (pl.col("verdict") == verdict)).any().cast(pl.Float64)

    # Whether a company abroad files like a domestic one is known of some only: not told apart.
    abroad = pl.col("reason").is_in(
        ["china_n_share", "headquartered_abroad", "nationality_needs_assets"]
    )
    return view.verdicts.group_by("company_id").agg(
        fails_share_type=says("share_type", "fail"),
        fails_structure=says("structure", "fail"),
        seat_abroad=abroad.any().cast(pl.Float64),
        fails_price=says("minimum_price", "fail"),
        fails_cap=says("minimum_total_cap", "fail"),
    )


def _standing(view: View) -> dict[str, pl.Expr]:
    left_out = passed_over(view)
    provenance = pl.col("cap_provenance")
    return {
        "knows_micro": pl.lit(float(view.membership.micro is not None)),
        "unheld": pl.col("unheld").fill_null(0.0),
        "once_member": pl.col("once_member").fill_null(0.0),
        "list_age": pl.lit(list_age(view.membership, view.as_of)),
        "refused_recon": left_out["reconstitution"],
        "refused_early": left_out["early"],
        "refused_ipo": left_out["ipo"],
        # Reconstitutions come once a year at the end of April or in May (before 2026).
        "events_since_listed": (pl.col("listed_years") + 0.05).floor(),
        "doubt": pl.col("log_shares_dispersion").fill_null(0.0).clip(0, 1),
        "cap_reported": provenance == "reported",
        "cap_units": provenance == "carried:units",
        "cap_sibling": provenance.str.starts_with("sibling:"),
        "sessions_ahead": pl.lit(float(view.sessions_to_rank_day)),
    }


def _size(view: View) -> dict[str, pl.Expr]:
    """Log distances to the lines of the ranking as it is today, and the rules' answers."""
    ranks = view.rulebook.ranks
    caps = {b.name: b.cap_usd for b in view.breakpoints}

    def line(name: str) -> pl.Expr:
        return pl.lit(caps.get(f"{name}_{ranks.russell_1000}"), pl.Float64)

    cut = pl.lit(caps.get(f"rank_{ranks.russell_3000}"), pl.Float64)
    side = (
        pl.when("was_r1000")
        .then(line("band_low"))
        .when("was_r2000")
        .then(line("band_high"))
        .otherwise(line("rank"))
    )
    cap = pl.col("total_cap_usd")
    rank = pl.col("rank")
    return {
        "distance_3000": (cap / cut).log(),
        "distance_1000": (cap / line("rank")).log(),
        "distance_side": (cap / side).log(),
        "rules_in": pl.col("to_size").is_not_null(),
        "rules_large": (pl.col("to_size") == "R1000").fill_null(False),
        "rules_unbanded_large": (rank <= ranks.russell_1000).fill_null(False),
    }
