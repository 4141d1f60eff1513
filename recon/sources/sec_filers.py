"""What EDGAR shows of companies: a history, files of one date, and live submissions files.

All give the same attributes. A file of one date states what it shows as seen on that date
and ends nothing. A name becomes a former name when it ends, so that is when it is known.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import orjson
import polars as pl

from recon.calendar import end_of_day_expr
from recon.errors import RefusedFileError
from recon.sources.base import Chunk, Seen, Source, check
from recon.sources.files import loads, opening, read_bytes
from recon.sources.parquet import CODE, PRINTED_DAY, TEXT, Types, parquet_columns, read_parquet
from recon.sources.printed import filled, to_date, to_open_date
from recon.sources.sightings import dated_happenings, seen_on
from recon.sources.stated import delivery_date, required_date, stated_date

_COLUMNS = {
    "cik": "cik",
    "name": "name",
    "entityType": "entity_type",
    "sic": "sic",
    "category": "filer_category",
    "stateOfIncorporation": "state_of_incorporation",
    "business_stateOrCountry": "business_state_or_country",
    "business_city": "business_city",
    "ein": "ein",
    "insiderTransactionForIssuerExists": "insider_transactions",
}
_ATTRIBUTES = [ours for ours in _COLUMNS.values() if ours != "cik"]
_SHOWN: Types = dict.fromkeys(_COLUMNS, TEXT) | dict.fromkeys(
    ("cik", "sic", "ein", "insiderTransactionForIssuerExists"), CODE
)
_SPAN: Types = dict.fromkeys(("first_seen", "last_seen"), PRINTED_DAY)
_NAMES: Types = {"name": TEXT, "start_date": PRINTED_DAY, "end_date": PRINTED_DAY, "cik": CODE}
_FORMER: Types = {
    "cik": CODE,
    "former_name": TEXT,
    "from_date": PRINTED_DAY,
    "to_date": PRINTED_DAY,
}
_NAMES_FROM = date(2025, 8, 16)
"""First day of the crawl that listed_filer_names comes from; what ended before is known then."""

FormerUse = tuple[str | None, str | None, str | None, str | None]
"""CIK, name, first and last day."""
Company = tuple[dict[str, str | None], list[FormerUse]]
"""Attributes of a company under EDGAR's names, and its former names."""


def _attributes(table: pl.DataFrame) -> pl.DataFrame:
    """Take a company's attributes under our names; EDGAR sets line breaks into categories."""
    return table.with_columns(
        filled(theirs).alias(ours) for theirs, ours in _COLUMNS.items()
    ).with_columns(
        padded_cik("cik"),
        insider_transactions=pl.col("insider_transactions") == "1",
        filer_category=pl.col("filer_category")
        .str.replace_all("<br>", "; ")
        .str.strip_chars_start("; "),
    )


def padded_cik(column: str) -> pl.Expr:
    """Give a CIK as EDGAR prints it, with leading zeros to ten digits."""
    return pl.col(column).cast(pl.String).str.strip_chars().str.zfill(10)


def _recognise_history(path: Path) -> bool:
    return parquet_columns(path).issuperset({*_SHOWN, *_SPAN})


def _read_history(path: Path, _seen: Seen) -> Iterator[Chunk]:
    table = read_parquet(path, {**_SHOWN, **_SPAN})
    lines = _attributes(table).with_columns(to_date("first_seen"), to_open_date("last_seen"))
    rows = dated_happenings(lines, ["cik"], _ATTRIBUTES)
    yield check("filer", rows.with_columns(origin=pl.lit("listed_filer_metadata_history")))


def _recognise_metadata(path: Path) -> bool:
    columns = parquet_columns(path)
    return columns.issuperset(_COLUMNS) and "first_seen" not in columns


def _read_metadata(path: Path, _seen: Seen) -> Iterator[Chunk]:
    table = _attributes(read_parquet(path, _SHOWN))
    # One line for each ticker of a company, alike but for the ticker.
    lines = table.unique(["cik"], keep="first", maintain_order=True)
    rows = seen_on(lines, delivery_date(path)).with_columns(origin=pl.lit("company_metadata"))
    yield check("filer", rows, skipped=table.height - lines.height)


def _recognise_former_names(path: Path) -> bool:
    return parquet_columns(path) == _FORMER.keys()


def _read_former_names(path: Path, _seen: Seen) -> Iterator[Chunk]:
    table = read_parquet(path, _FORMER).select(
        padded_cik("cik"),
        name=filled("former_name"),
        valid_from=to_open_date("from_date"),
        valid_to=to_open_date("to_date"),
        origin=pl.lit("company_former_names"),
    )
    known_at = end_of_day_expr(pl.lit(delivery_date(path)))
    yield _former_names(table.with_columns(known_at=known_at), table.height)


def _recognise_names(path: Path) -> bool:
    return parquet_columns(path) == _NAMES.keys()


def _read_names(path: Path, _seen: Seen) -> Iterator[Chunk]:
    table = read_parquet(path, _NAMES)
    ended = table.filter(pl.col("end_date").is_not_null()).select(
        padded_cik("cik"),
        name=filled("name"),
        valid_from=to_open_date("start_date"),
        valid_to=to_open_date("end_date"),
        origin=pl.lit("listed_filer_names"),
    )
    known_on = pl.max_horizontal("valid_to", pl.lit(_NAMES_FROM))
    yield _former_names(ended.with_columns(known_at=end_of_day_expr(known_on)), table.height)


def _former_names(rows: pl.DataFrame, lines: int) -> Chunk:
    """Check former names; of a name used twice the later use is kept."""
    newest = rows.sort("valid_to", nulls_last=False, maintain_order=True).unique(
        ["cik", "name", "origin"], keep="last", maintain_order=True
    )
    return check("former_name", newest, skipped=lines - newest.height)


def _recognise_submissions(path: Path) -> bool:
    text = opening(path) if path.is_file() else ""
    return text.lstrip().startswith("{") and '"cik"' in text and '"entityType"' in text


def _read_submissions(path: Path, _seen: Seen) -> Iterator[Chunk]:
    # `recon fetch` keeps the files of one day in a folder named for it.
    day = stated_date(path) or stated_date(path.parent) or required_date(path)
    try:
        company = company_shown(loads(read_bytes(path)))
    except (orjson.JSONDecodeError, AttributeError, KeyError, TypeError, OSError) as error:
        raise RefusedFileError(
            f"Submissions file {path.name} cannot be read ({str(error).splitlines()[0]})",
            field="file",
            value=path,
            expected="a whole CIK##########.json as EDGAR serves it",
        ) from error
    yield from companies_shown([company], day)


def company_shown(content: dict[str, Any]) -> Company:
    """Take what a submissions file says of its company.

    Parameters
    ----------
    content : dict
        The file's JSON.

    Returns
    -------
    tuple
        Attributes under EDGAR's names, and former names with `from` and `to`.

    Raises
    ------
    AttributeError, KeyError, TypeError
        If the file is not laid out as EDGAR's are.
    """
    business = (content.get("addresses") or {}).get("business") or {}
    company = {theirs: _text(content.get(theirs)) for theirs in _COLUMNS} | {
        "business_stateOrCountry": _text(business.get("stateOrCountry")),
        "business_city": _text(business.get("city")),
    }
    former = [
        (company["cik"], _text(one["name"]), _text(one.get("from")), _text(one.get("to")))
        for one in content.get("formerNames") or []
    ]
    return company, former


def _text(value: object) -> str | None:
    if isinstance(value, dict | list):
        raise TypeError("a value is expected, not a structure")
    return None if value is None else str(value)


def companies_shown(companies: Iterable[Company], day: date) -> Iterator[Chunk]:
    """Give the attributes and former names of companies as they were shown on a day."""
    shown, former = zip(*companies, strict=True)
    table = pl.DataFrame(shown, schema=dict.fromkeys(_COLUMNS, pl.String))
    yield check(
        "filer", seen_on(_attributes(table), day).with_columns(origin=pl.lit("submissions"))
    )
    schema = dict.fromkeys(("cik", "name", "from", "to"), pl.String)
    names = pl.DataFrame(
        [name for of_one in former for name in of_one], schema=schema, orient="row"
    ).select(
        padded_cik("cik"),
        name=filled("name"),
        valid_from=to_open_date("from"),
        valid_to=to_open_date("to"),
        origin=pl.lit("submissions"),
        known_at=end_of_day_expr(pl.lit(day)),
    )
    if names.height:
        yield _former_names(names, names.height)


SOURCES = (
    Source(
        name="sec_filer_history",
        describes="history of EDGAR's company metadata",
        recognise=_recognise_history,
        read=_read_history,
    ),
    Source(
        name="sec_filer_metadata",
        describes="EDGAR's company metadata of one date",
        recognise=_recognise_metadata,
        read=_read_metadata,
    ),
    Source(
        name="sec_former_names",
        describes="former company names at EDGAR, of one date",
        recognise=_recognise_former_names,
        read=_read_former_names,
    ),
    Source(
        name="sec_filer_names",
        describes="company names at EDGAR with their spans",
        recognise=_recognise_names,
        read=_read_names,
    ),
    Source(
        name="sec_submissions",
        describes="EDGAR submissions file of one company",
        recognise=_recognise_submissions,
        read=_read_submissions,
    ),
)
