"""`recon backtest`: walk forward over past events, and show what each part of it is worth."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import get_args

import click
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn

from recon.backtest.parallel import Progress, cluster
from recon.backtest.plan import plan
from recon.backtest.terms import Terms, Weighting
from recon.calendar import event, events
from recon.cli.backtest_modes import MODES, Shown, Watch
from recon.cli.foresight import models_folder
from recon.cli.options import (
    HINDSIGHTS,
    examples,
    form,
    load_settings,
    model_option,
    open_store,
    output_option,
    store_option,
)
from recon.cli.output import bar, emit, notice, page, render
from recon.cli.score import FIRST_YEAR, LAST_YEAR, TEST_YEAR
from recon.errors import InputError
from recon.orders.profile import read_profile
from recon.publish.formats import document, encode

FORMATS = ("table", "csv", "json", "html", "parquet")
LEADS = "0,5,10,20,40,60"


def read_events(
    _context: click.Context, _parameter: click.Parameter, value: str | None
) -> list[str] | None:
    """Read `2022-06..2025-06` or a list by commas; an option's callback."""
    return None if value is None else named_events(value)


def named_events(value: str) -> list[str]:
    """Events of `2022-06..2025-06`, or of a list by commas."""
    first, dots, last = value.partition("..")
    if not dots:
        return [event(one.strip()).id for one in value.split(",")]
    start, end = event(first.strip()).rank_day, event(last.strip()).rank_day
    found = [
        one.id
        for one in events(start.year, end.year, kinds=("recon",))
        if start <= one.rank_day <= end
    ]
    if not found:
        raise click.BadParameter(f"{value!r} holds no event")
    return found


def read_leads(_context: click.Context, _parameter: click.Parameter, value: str) -> list[int]:
    """Read whole numbers by commas; an option's callback."""
    try:
        return [int(one) for one in value.split(",")]
    except ValueError as error:
        raise click.BadParameter(f"{value!r} is no list such as {LEADS}") from error


@click.command(
    epilog=examples(
        "recon backtest",
        "recon backtest --events 2022-06..2024-06 --leads 0,20 --charts charts -o report.html",
        "recon backtest --learning-curve",
        "recon backtest --ablation --hindsight strict",
        "recon backtest --admission --leads 0",
        "recon backtest --returns --leads 0 --hindsight strict",
        "recon backtest --returns --leads 0,20 --profile desk.toml",
        "recon backtest --cluster tcp://10.0.0.1:8786",
    )
)
@click.option(
    "--events",
    "wanted",
    metavar="FROM..TO",
    callback=read_events,
    help="Events to score, or a list by commas. Those before each train its model. By default "
    f"{FIRST_YEAR + 1}-06..{LAST_YEAR}-06, with --returns and --admission from {FIRST_YEAR}-06, "
    "which no model can have learned for.",
)
@click.option(
    "--leads",
    metavar="N,N",
    default=LEADS,
    show_default=True,
    callback=read_leads,
    help="Sessions before rank day.",
)
@click.option(
    "--hindsight",
    type=click.Choice(["both", *HINDSIGHTS]),
    default="both",
    show_default=True,
    help="slow-facts: CIK, SIC, incorporation and address may come from later files.",
)
@click.option(
    "--learning-curve", "mode", flag_value="learning-curve", help="The last event by fewer events."
)
@click.option("--ablation", "mode", flag_value="ablation", help="What is left without each part.")
@click.option(
    "--admission", "mode", flag_value="admission", help="Who of the large ones was let in, by kind."
)
@click.option("--returns", "mode", flag_value="returns", help="Whether the calls pay: event study.")
@click.option(
    "--weighting",
    type=click.Choice(get_args(Weighting)),
    help="With --returns: what weighs a call; by default they weigh the same, and under a "
    "profile by the dollars of its orders.",
)
@click.option(
    "--profile",
    "profile_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="With --returns: hold what your desk's profile orders.",
)
@model_option
@click.option(
    "--include-test-year", is_flag=True, help=f"June {TEST_YEAR} too, our test year, if asked for."
)
@click.option(
    "--jobs", type=click.IntRange(min=1), default=2, show_default=True, help="Processes at once."
)
@click.option(
    "--cluster",
    "address",
    metavar="ADDRESS",
    help="Dask scheduler to compute on; its workers see the store and the frames under the same "
    "paths.",
)
@click.option(
    "--frames",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of feature frames, so that a second run resumes; else in the store's.",
)
@click.option(
    "--charts",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for charts as SVG and PNG.",
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(FORMATS),
    help="By default the ending of --output decides, else a table. csv: figures; parquet: every "
    "company's chance.",
)
@output_option
@store_option
def backtest(
    *,
    wanted: list[str] | None,
    leads: list[int],
    hindsight: str,
    mode: str | None,
    weighting: Weighting | None,
    profile_file: Path | None,
    models: str,
    include_test_year: bool,
    jobs: int,
    address: str | None,
    frames: Path | None,
    charts: Path | None,
    format_: str | None,
    output: Path | None,
    store: Path,
) -> None:
    """Walk forward over past events: each by a model that knows only earlier ones.

    Score cards beside three baselines (no change, the rules as if the moment were rank day, the
    same without bands), calibration, break-point errors. Frames are computed once and kept.

    With --returns the calls of each event and lead are held through its windows: the model's, as
    the list of that day had them, and the rules', beside the official lists and a placebo.
    """
    settled = form(format_, output, FORMATS)
    kind = mode or next(iter(MODES))
    if charts is not None and mode is not None:
        raise click.UsageError(f"--charts does not go with --{mode}")
    studied = mode == "returns"
    terms = _terms(studied, weighting, profile_file, models)
    untaught = mode in {"returns", "admission"}
    first = FIRST_YEAR if untaught else FIRST_YEAR + 1
    last = TEST_YEAR if include_test_year else LAST_YEAR
    events_asked = wanted or named_events(f"{first}-06..{last}-06")
    with open_store(store) as opened:
        asked = plan(
            opened,
            _without_test_year(events_asked, include=include_test_year),
            leads,
            [one for one in HINDSIGHTS if hindsight in {one, "both"}],
            settings=load_settings(),
            frames=frames,
            jobs=jobs,
            untaught=untaught,
        )
    with cluster(address), _watching() as watch:
        shown = MODES[kind](asked, terms, watch)
    emit(_content(shown, settled, kind, to_file=output is not None), output)
    if charts is not None and shown.draw is not None:
        notice("\n".join(str(file) for file in shown.draw(charts)))


def _terms(
    studied: bool,
    weighting: Weighting | None,
    profile: Path | None,
    models: str,
) -> Terms:
    """Terms of the event study; options that are only of use to it are refused elsewhere."""
    given = {"--weighting": weighting, "--profile": profile, "--model": models != "shipped"}
    if not studied and any(given.values()):
        names = ", ".join(name for name, value in given.items() if value)
        raise click.UsageError(f"{names} goes with --returns alone")
    return Terms(
        weighting=weighting,
        profile=None if profile is None else read_profile(profile),
        models=models_folder(models),
        assets=load_settings().assets,
    )


def _without_test_year(wanted: list[str], *, include: bool) -> list[str]:
    kept = [one for one in wanted if include or event(one).rank_day.year != TEST_YEAR]
    if len(kept) < len(wanted):
        left = ", ".join(sorted({*wanted} - {*kept}))
        notice(f"left out: {left}, our test year; --include-test-year scores it")
    if not kept:
        raise InputError("no event is left to score", field="--events", value=", ".join(wanted))
    return kept


@contextmanager
def _watching() -> Iterator[Watch]:
    """Show a bar for each step, on standard error."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with bar(*columns, TimeElapsedColumn()) as shown:

        def watch(name: str) -> Progress:
            task = shown.add_task(name, total=None)
            return lambda done, whole: shown.update(task, completed=done, total=whole)

        yield watch


def _content(shown: Shown, form_: str, kind: str, *, to_file: bool) -> bytes:
    if form_ == "json":
        return document(shown.said)
    if form_ in {"csv", "parquet"}:
        return encode(shown.rows if form_ == "csv" else shown.names, form_)
    if form_ == "html":
        return page(shown.laid, f"recon backtest: {kind}", shown.pictures()).encode()
    return render(shown.laid, to_file=to_file).encode()
