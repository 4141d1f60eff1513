"""The group of verbs: loads each when it is used, and turns every error into one line."""

import gc
import os
import sys
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module
from typing import Any

import click

from recon.errors import ReconError


@dataclass(frozen=True, slots=True)
class Verb:
    """Where a verb is, and what it does in one line.

    Attributes
    ----------
    module : str
        Module that holds a click command under the verb's own name.
    does : str
        For the list of verbs.
    """

    module: str
    does: str


VERBS = {
    "ingest": Verb("recon.cli.ingest", "Load files and folders into the store."),
    "fetch": Verb("recon.cli.fetch", "Bring the live sources from their public addresses."),
    "simulate": Verb("recon.cli.simulate", "Write a simulated market as files."),
    "publish": Verb("recon.cli.publish", "Publish the store for a team, as Parquet files."),
    "status": Verb("recon.cli.status", "Say what the store holds, and what is missing."),
    "backup": Verb("recon.cli.backup", "Copy the store to a new folder, with checksums."),
    "restore": Verb("recon.cli.backup", "Make a store from a backup, if it is undamaged."),
    "calendar": Verb("recon.cli.events", "Print events and their dates."),
    "rulebook": Verb("recon.cli.rulebook", "Print the methodology's values for an event."),
    "watchlist": Verb("recon.cli.watchlist", "Make the candidate list of an event."),
    "explain": Verb("recon.cli.explain", "Explain one company's verdicts, rank and chances."),
    "whatif": Verb("recon.cli.whatif", "Show how the list changes if prices move."),
    "train": Verb("recon.cli.train", "Fit the classifier on past events."),
    "signals": Verb("recon.cli.signals", "Turn the list into orders that a desk can take."),
    "report": Verb("recon.cli.report", "Write one page of an event, to look at in a browser."),
    "monitor": Verb("recon.cli.monitor", "Show what moved the candidates, crowding, liquidity."),
    "watch": Verb("recon.cli.watch", "Say what changed since the last run; exit 3 on a new call."),
    "serve": Verb("recon.cli.serve", "Serve the list live: the page and a JSON API, read-only."),
    "diff": Verb("recon.cli.diff", "Say what changed from one candidate list to another."),
    "score": Verb("recon.cli.score", "Score a candidate list against the official one."),
    "backtest": Verb("recon.cli.backtest", "Walk forward over past events, and score it all."),
    "errors": Verb("recon.cli.errors", "Give the cause of every wrong call of past events."),
}


def _hurry() -> None:
    """Set up the interpreter for a process that is one verb.

    Half of a list's time goes to bringing libraries in, half of that on a thread beside the work:
    searching what they bring for garbage costs a twentieth of it all, and waiting five
    milliseconds for each turn of the interpreter as much again (`make bench`). What a list learns
    is small: threads that share it wait for each other in a loop, on a busy machine for a minute.
    """
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    gc.set_threshold(100_000, 20, 50)
    sys.setswitchinterval(0.0005)


class Verbs(click.Group):
    """A group that imports a verb's module when the verb is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Give all verbs in the order of work."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a verb and give it `--debug`."""
        if cmd_name not in VERBS:
            return None
        command: click.Command = getattr(import_module(VERBS[cmd_name].module), cmd_name)
        if all(param.name != "debug" for param in command.params):
            command.params.append(_debug_option())
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Name the nearest verb where there is none of this name."""
        if args[0] not in VERBS and not args[0].startswith("-"):
            near = get_close_matches(args[0], VERBS, n=1)
            ctx.fail(f"no such verb: {args[0]}" + (f"; did you mean {near[0]}?" if near else ""))
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the verbs without importing them."""
        with formatter.section("Verbs"):
            formatter.write_dl([(name, verb.does) for name, verb in VERBS.items()])

    def main(  # type: ignore[override]
        self, args: Sequence[str] | None = None, prog_name: str | None = None, **extra: Any
    ) -> Any:
        """Run, and leave with the exit code of `recon.errors` after one line on stderr."""
        debug = "--debug" in (sys.argv[1:] if args is None else args)
        if args is None:
            _hurry()
        extra["standalone_mode"] = False
        try:
            result = super().main(args, prog_name or "recon", **extra)
            sys.stdout.flush()
        except click.Abort:
            sys.exit(_say("stopped", 130, debug=debug))
        except click.ClickException as error:
            sys.exit(_say(_usage(error), error.exit_code, debug=debug))
        except ReconError as error:
            sys.exit(_say(f"recon: {error}", error.exit_code, debug=debug))
        except BrokenPipeError:
            # who reads the output has enough; nothing may be written at exit either
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(1)
        except Exception as error:
            line = f"recon: unexpected {type(error).__name__}: {error}; run with --debug"
            sys.exit(_say(line, 1, debug=debug))
        sys.exit(result if isinstance(result, int) else 0)


def _usage(error: click.ClickException) -> str:
    context = error.ctx if isinstance(error, click.UsageError) else None
    path = context.command_path if context is not None else "recon"
    hint = f" (see {path} --help)" if context is not None else ""
    return f"{path}: {error.format_message()}{hint}"


def _say(line: str, exit_code: int, *, debug: bool) -> int:
    if debug:
        traceback.print_exc()
    click.echo(" ".join(line.split()), err=True)
    return exit_code


def _debug_option() -> click.Option:
    return click.Option(
        ["--debug"], is_flag=True, expose_value=False, help="Show a traceback when it fails."
    )


@click.group(
    "recon",
    cls=Verbs,
    invoke_without_command=True,
    params=[_debug_option()],
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="\b\nExamples:\n"
    "  recon ingest ../shared/data\n"
    "  recon watchlist --event 2025-06 --as-of 2025-04-30 --output list.csv\n"
    "  recon explain GOOGL --event 2025-06 --as-of 2025-04-30",
)
@click.version_option(package_name="recon", message="recon %(version)s")
@click.pass_context
def main(context: click.Context) -> None:
    """Predict and explain the Russell US index reconstitution."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())
