"""`recon whatif`: how the candidate list changes if prices moved so today."""

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

import click

from recon.cli import clock
from recon.cli.foresight import foresee_shocked
from recon.cli.options import (
    examples,
    form,
    format_option,
    open_store,
    output_option,
    run_options,
    store_option,
    threshold_option,
)
from recon.cli.output import emit, emit_frame, notice, render
from recon.cli.whatif_text import layout
from recon.pipeline import Run
from recon.publish.candidates import candidates
from recon.publish.changes import MOVED, changes, flipped
from recon.publish.formats import document
from recon.publish.head import head
from recon.publish.lookup import find
from recon.publish.whatif import companies_moved, lines_moved
from recon.shocks import NOTHING_LEFT, Shock
from recon.store import Hindsight

_MOVE: Final = re.compile(r"([+-]?\d+(?:\.\d+)?)\s*%")


def read_move(text: str) -> float:
    """Read a move such as `+20%` as a fraction.

    Raises
    ------
    click.BadParameter
        It is none, or leaves no price.
    """
    found = _MOVE.fullmatch(text.strip())
    if found is None:
        raise click.BadParameter(f"{text!r} is no move such as +20% or -7.5%")
    move = float(found[1]) / 100
    if move <= NOTHING_LEFT:
        raise click.BadParameter(f"{text!r} leaves no price; a move is above -100%")
    return move


def _market(_context: click.Context, _parameter: click.Parameter, value: str) -> float:
    return read_move(value)


def _shocks(
    _context: click.Context, _parameter: click.Parameter, value: tuple[str, ...]
) -> dict[str, float]:
    """Read `SYMBOL=+20%`, each symbol once."""
    moves: dict[str, float] = {}
    for text in value:
        symbol, equals, move = text.rpartition("=")
        if not equals or not symbol.strip():
            raise click.BadParameter(f"{text!r} is not of the form SYMBOL=+20%")
        if symbol.strip() in moves:
            raise click.BadParameter(f"{symbol.strip()} is given twice")
        moves[symbol.strip()] = read_move(move)
    return moves


def look_up(run: Run, moves: Mapping[str, float]) -> dict[str, float]:
    """Move of each company, by the symbols that a person typed.

    Raises
    ------
    UnknownSymbolError
        No line is listed under a symbol.
    click.BadParameter
        Two symbols are of one company, with different moves.
    """
    found: dict[str, float] = {}
    for text, move in moves.items():
        symbol, _ = find(run, text)
        company: str = run.lines.filter(symbol=symbol)["company_id"][0]
        if found.setdefault(company, move) != move:
            raise click.BadParameter(
                f"{text} is of a company that another --shock moves otherwise; all its lines "
                "move alike"
            )
    return found


@click.command(
    epilog=examples(
        "recon whatif --event 2025-06 --as-of 2025-04-15 --market -10%",
        "recon whatif --shock SMCI=+20% --shock BRK.B=-5% --market -10% --format json",
    )
)
@run_options
@click.option(
    "--shock",
    "shocks",
    multiple=True,
    metavar="SYMBOL=+20%",
    callback=_shocks,
    help="Whole move of one company, in any spelling of any of its lines; may be repeated.",
)
@click.option(
    "--market",
    metavar="-10%",
    default="0%",
    callback=_market,
    help="Move of all others.",
)
@threshold_option(MOVED)
@format_option
@output_option
@store_option
def whatif(
    *,
    event: str | None,
    as_of: date | None,
    shocks: dict[str, float],
    market: float,
    threshold: float,
    hindsight: Hindsight,
    own: Path | None,
    models: str,
    format_: str | None,
    output: Path | None,
    store: Path,
) -> None:
    """Show how the list changes if prices moved so today.

    Closes are scaled and share counts stay; screen, ranks, lines, bands, simulation and model
    are computed again. Volumes, past returns and the members' mean price stay as they are.
    Without --shock all companies move by --market alone: ranks then stay, and only the rules
    with a price or a cap in dollars can change an outcome.
    """
    settled = form(format_, output)
    if not shocks and not market:
        raise click.UsageError("nothing moves: give --shock or --market")
    moves: dict[str, float] = {}

    def shock(run: Run) -> Shock:
        moves.update(look_up(run, shocks))
        return Shock(moves, market)

    with open_store(store) as opened:
        before, after = foresee_shocked(
            opened, event, as_of, hindsight, shock, models=models, rulebook=own
        )
    found = changes(candidates(*before), candidates(*after), threshold)
    lines = lines_moved(before[0], after[0])
    named = companies_moved(before[0], after[0], list(moves), (before[1], after[1]))
    top = [*head(before[0], clock.today(), before[1]), f"what if: {_said(shocks, market)}"]
    if settled == "json":
        content: dict[str, Any] = {
            "event": before[0].event.id,
            "as_of": before[0].as_of,
            "run_before": before[0].run_id,
            "run_after": after[0].run_id,
            "model_version": before[1].model_version if before[1] else None,
            "shocks": shocks,
            "market": market,
            "threshold": threshold,
            "lines": lines.to_dicts(),
            "companies": named.to_dicts(),
            "flipped": flipped(found).height,
            "changes": found.to_dicts(),
        }
        emit(document(content), output)
    elif settled == "table":
        laid = layout(top, lines, named, found, whole=output is not None)
        emit(render(laid, to_file=output is not None).encode(), output)
    else:
        emit_frame(found, settled, output)
    if settled != "table":
        notice("\n".join(top))


def _said(shocks: Mapping[str, float], market: float) -> str:
    moves = [f"{symbol} {move:+.1%}" for symbol, move in shocks.items()]
    return ", ".join([*moves, f"all{' others' if moves else ''} {market:+.1%}"])
