"""Options that several verbs share, so that each has one name, one form and one default."""

import os
import re
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from pydantic import ValidationError

from recon.cli import clock
from recon.errors import InputError
from recon.settings import Settings

if TYPE_CHECKING:
    from recon.store import Hindsight, Store

_F = TypeVar("_F", bound=Callable[..., Any])
HINDSIGHTS: tuple["Hindsight", ...] = ("strict", "slow-facts")
"""In the order in which they stand side by side."""
FORMATS = ("table", "csv", "json", "parquet")
INDEXES = ("R1000", "R2000", "R3000", "RMICRO")


def read_day(
    _context: click.Context, _parameter: click.Parameter, value: str | None
) -> date | None:
    """Read YYYY-MM-DD, the one form that is unambiguous everywhere; an option's callback."""
    if value is None:
        return None
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        raise click.BadParameter(f"{value!r} is not of the form YYYY-MM-DD")
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise click.BadParameter(f"{value!r} is no day of the calendar") from error


def load_settings() -> Settings:
    """Read the configuration.

    Raises
    ------
    InputError
        An environment variable or a line of `recon.toml` does not fit.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "_".join(str(part) for part in first["loc"])
        raise InputError(
            "the configuration does not fit",
            field=f"RECON_{name.upper()} or {name} in recon.toml",
            value=first["input"],
            expected=first["msg"],
        ) from error
    except ValueError as error:  # of the file, or of pydantic-settings
        raise InputError(f"recon.toml cannot be read: {error}") from error


def open_store(folder: Path) -> "Store":
    """Open the store at a folder with the configured precedence of sources."""
    from recon.store import Store  # noqa: PLC0415 - polars and duckdb are slow to import

    return Store(folder, load_settings().source_precedence)


def examples(*lines: str) -> str:
    """Epilog of a verb's help."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)


def store_option(command: _F) -> _F:
    """`--store`, else `RECON_STORE`, else `recon.toml`, else the platform's data folder.

    A published store is brought to this machine first: the verb gets the folder of its copy.
    """
    return click.option(
        "--store",
        metavar="FOLDER|ADDRESS",
        callback=_store_to_read,
        help="Folder of the store, or of a published one, or its address, such as "
        "s3://bucket/prefix; else RECON_STORE, else the platform's data folder.",
    )(command)


def own_store_option(command: _F) -> _F:
    """`--store` of a verb that writes to it: a published store is refused."""
    return click.option(
        "--store",
        metavar="FOLDER",
        callback=_store_to_write,
        help="Folder of the store; else RECON_STORE, else the platform's data folder.",
    )(command)


def _store_to_read(context: click.Context, parameter: click.Parameter, value: str | None) -> Path:
    from recon.cli.copying import bring  # noqa: PLC0415 - polars and duckdb are slow to import

    settings = load_settings()
    where = value or settings.store
    return bring(where, settings.copies) or _folder(where, parameter, context)


def _store_to_write(context: click.Context, parameter: click.Parameter, value: str | None) -> Path:
    from recon.store.copied import refuse_published  # noqa: PLC0415 - as above

    where = value or load_settings().store
    refuse_published(where)
    return _folder(where, parameter, context)


def _folder(where: str, parameter: click.Parameter, context: click.Context) -> Path:
    return Path(os.fsdecode(click.Path(file_okay=False).convert(where, parameter, context)))


def event_option(command: _F) -> _F:
    """`--event`, passed on as written; `recon.calendar.event` resolves it."""
    return click.option(
        "--event",
        metavar="EVENT",
        help="2026-06, 2026-11 or ipo:2025-12; by default the next reconstitution "
        "not yet effective at --as-of.",
    )(command)


def _read_moment(
    context: click.Context, parameter: click.Parameter, value: str | None
) -> date | None:
    day = read_day(context, parameter, value)
    if day is not None and day > clock.today():
        raise click.BadParameter(f"{value} is in the future: nothing is known as of it yet")
    return day


def as_of_option(command: _F) -> _F:
    """`--as-of`, a day in New York, its close known."""
    return click.option(
        "--as-of",
        metavar="YYYY-MM-DD",
        callback=_read_moment,
        help="Use what was known at the end of this day in New York; by default the newest "
        "session in the store.",
    )(command)


def hindsight_option(command: _F) -> _F:
    """`--hindsight`, whether slow facts may come from later files (design, Time)."""
    return click.option(
        "--hindsight",
        type=click.Choice(HINDSIGHTS),
        default="strict",
        show_default=True,
        help="slow-facts: CIK, SIC, incorporation and address may come from later files.",
    )(command)


def format_option(command: _F) -> _F:
    """`--format`; without it the ending of `--output` decides, else a table."""
    return click.option(
        "--format",
        "format_",
        type=click.Choice(FORMATS),
        help="By default the ending of --output decides, else a table.",
    )(command)


def output_option(command: _F) -> _F:
    """`--output`, written whole or not at all."""
    return click.option(
        "--output",
        "-o",
        type=click.Path(path_type=Path, dir_okay=False),
        help="File to write instead of the terminal.",
    )(command)


def form(format_: str | None, output: Path | None, formats: Sequence[str] = FORMATS) -> str:
    """Settle the format, one of `formats`, from `--format` and the ending of `--output`.

    Raises
    ------
    InputError
        Parquet for the terminal, or an ending that says no format.
    """
    if format_ is None:
        format_ = output.suffix.lstrip(".").lower() if output is not None else "table"
        if format_ == "txt":
            format_ = "table"
        if format_ not in formats:
            endings = ", ".join(f".{one}" for one in formats if one != "table")
            raise InputError(
                "the ending of the file says no format",
                field="--output",
                value=output,
                expected=f"{endings} or .txt, or --format",
            )
    if format_ == "parquet" and output is None:
        raise InputError("Parquet is not for the terminal", field="--output", expected="a file")
    return format_


def model_option(command: _F) -> _F:
    """`--model`: a folder of models, `shipped` for the one that travels along, or `none`."""
    return click.option(
        "--model",
        "models",
        metavar="shipped|none|DIRECTORY",
        default="shipped",
        show_default=True,
        help="Whose chances and calls: the newest model that knew nothing later than the "
        "moment, or the rules alone with a stand-in for chances.",
    )(command)


def rulebook_option(command: _F) -> _F:
    """`--rulebook`, the user's own values."""
    return click.option(
        "--rulebook",
        "own",
        type=click.Path(path_type=Path, dir_okay=False),
        help="Your own values, as TOML; else RECON_RULEBOOK.",
    )(command)


def assets_option(command: _F) -> _F:
    """`--assets`, the user's own table; else `RECON_ASSETS`, else public funds."""
    return click.option(
        "--assets",
        type=click.Path(path_type=Path, dir_okay=False),
        callback=lambda _ctx, _param, value: value or load_settings().assets,
        help="Your own table of assets that track each index; else RECON_ASSETS, else the sizes "
        "of public funds.",
    )(command)


def index_option(command: _F) -> _F:
    """`--index`, which may be repeated."""
    return click.option(
        "--index",
        "indexes",
        multiple=True,
        type=click.Choice(INDEXES),
        help="Only this index; may be repeated.",
    )(command)


def run_options(command: _F) -> _F:
    """All that says which run is meant: event, moment, hindsight, rulebook and model."""
    for option in (model_option, rulebook_option, hindsight_option, as_of_option, event_option):
        command = option(command)
    return command


def threshold_option(default: float) -> Callable[[_F], _F]:
    """`--threshold`, from which on a probability has moved; each verb has its own default."""
    return click.option(
        "--threshold",
        type=click.FloatRange(0, 1),
        default=default,
        show_default=True,
        help="Name a probability that moved by at least this, a fraction.",
    )
