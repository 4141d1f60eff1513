"""`recon fetch`: bring the live sources into a folder that `recon ingest` reads."""

from pathlib import Path

import click
from rich.progress import BarColumn, TaskID, TextColumn, TimeRemainingColumn

import recon.sources.fetch as live
from recon.cli import clock
from recon.cli.options import examples, load_settings
from recon.cli.output import bar, notice

_COLUMNS = (
    TextColumn("{task.description}"),
    BarColumn(),
    TextColumn("{task.percentage:>3.0f} %"),
    TimeRemainingColumn(),
)


@click.command(
    epilog=examples(
        "recon fetch --to downloads",
        "recon fetch --only us-stock-symbols --only iwm --to downloads",
        "recon fetch --cik 320193 --cik 789019 --to downloads",
    )
)
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="Folder for the files; made when absent.",
)
@click.option(
    "--only",
    multiple=True,
    help="A provider (us-stock-symbols, ishares, sec, nasdaqtrader) or an item (iwm, "
    "company_tickers, submissions, …); may be repeated.",
)
@click.option("--cik", "ciks", multiple=True, help="Submissions of one company; may be repeated.")
@click.option(
    "--base-url",
    "base_urls",
    multiple=True,
    metavar="PROVIDER=URL",
    help="Another scheme and host for a provider, such as a mirror; may be repeated.",
)
@click.option(
    "--addresses",
    type=click.Path(path_type=Path, dir_okay=False),
    help="TOML that replaces single addresses.",
)
@click.pass_context
def fetch(
    context: click.Context,
    *,
    folder: Path,
    only: tuple[str, ...],
    ciks: tuple[str, ...],
    base_urls: tuple[str, ...],
    addresses: Path | None,
) -> None:
    """Bring the live sources from their public addresses.

    The US-Stock-Symbols repository (grows with each call), iShares holdings of IWM, IWB, IWV
    and IWC, SEC tickers, and the Nasdaq Trader directories; `submissions` (the SEC's bulk file,
    1.5 GB) and `--cik` on demand. The SEC requires a contact: set RECON_USER_AGENT to a name
    and an e-mail address. What broke off goes on at the next call.
    """
    providers = live.load(addresses, dict(_pair(text) for text in base_urls))
    orders = live.choose(providers, only=only, ciks=ciks, day=clock.today())
    exit_code = 0
    with bar(*_COLUMNS) as shown:
        tasks: dict[str, TaskID] = {}

        def progress(name: str, done: int, total: int | None) -> None:
            if name not in tasks:
                tasks[name] = shown.add_task(name, total=None)
            shown.update(tasks[name], completed=done, total=total)

        user_agent = load_settings().user_agent
        for done in live.fetch(orders, folder, user_agent=user_agent, progress=progress):
            if done.order.name in tasks:
                shown.remove_task(tasks[done.order.name])
            shown.console.print(_line(done), soft_wrap=True, markup=False, highlight=False)
            if done.error is not None:
                exit_code = max(exit_code, done.error.exit_code)
    came = "now run `recon ingest` on it" if exit_code == 0 else "not everything came"
    notice(f"{folder}: {came}")
    context.exit(exit_code)


def _line(done: live.Fetched) -> str:
    if done.error is not None:
        return f"{done.order.name}: failed: {done.error}"
    if not done.new:
        return f"{done.order.name}: up to date, {done.path.name}"
    size = "" if done.size is None else f", {done.size:,} bytes"
    return f"{done.order.name}: {done.path.name}{size}"


def _pair(text: str) -> tuple[str, str]:
    name, separator, url = text.partition("=")
    if not separator:
        raise click.BadParameter(f"{text!r} is not of the form PROVIDER=URL")
    return name, url
