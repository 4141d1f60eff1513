"""Parquet files that nobody has vouched for: recognised, checked and read within bounds.

They are read through Arrow's plain reader, which reports a damaged file where polars may end the
process. A few kilobytes can stand for more rows, or more text, than memory holds, so what a file
announces is checked before it is read, and texts are read as dictionaries, in which a text that is
repeated a million times is held once, until their whole length is known. Checksums of pages are
verified where the file has any.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from recon.errors import RefusedFileError
from recon.sources.parquet_pages import check_pages

if TYPE_CHECKING:
    from pyarrow.parquet import ParquetFile

FOOTER_LIMIT: Final = 4 * 2**20
"""Bytes; the largest of the known files is 48 KB. It bounds the number of columns too."""
COLUMN_LIMIT: Final = 1000
ROW_LIMIT: Final = 5_000_000
"""Rows read at once: the largest table that is read whole has 411,479."""
GROUP_LIMIT: Final = 2**30
"""Bytes of a row group as announced, and of the texts of one column read at once."""

Kinds = frozenset[type[pl.DataType]]

TEXT: Final[Kinds] = frozenset({pl.String, pl.Null})
WHOLE: Final[Kinds] = frozenset(
    {pl.Int8, pl.Int16, pl.Int32, pl.Int64, pl.UInt8, pl.UInt16, pl.UInt32, pl.UInt64}
)
NUMBER: Final[Kinds] = WHOLE | {pl.Float32, pl.Float64, pl.Null}
DAY: Final[Kinds] = frozenset({pl.Date})
PRINTED_DAY: Final[Kinds] = TEXT | DAY | {pl.Datetime}
"""A day as a date, as a moment, or as text."""
CODE: Final[Kinds] = TEXT | WHOLE
"""Digits as text or as a number."""
PLAIN: Final[Kinds] = TEXT | NUMBER | DAY | {pl.Datetime, pl.Boolean, pl.List, pl.Categorical}

Types = Mapping[str, Kinds]
"""Columns to read, and the types that each may have."""

SIMULATED_STAMP = {"recon.simulated": "true"}
"""Metadata of every file of the simulated market, so that a copy still says what it is."""

_MAGIC = b"PAR1"


def is_parquet(path: Path) -> bool:
    """Whether a path begins as a Parquet file does; never raises."""
    try:
        with path.open("rb") as file:
            return file.read(len(_MAGIC)) == _MAGIC
    except OSError:
        return False


def parquet_columns(path: Path) -> frozenset[str]:
    """Give the column names of a Parquet file.

    Parameters
    ----------
    path : Path
        Any path.

    Returns
    -------
    frozenset of str
        Empty when the path is no readable Parquet file; never raises.
    """
    return _footer(path).columns


def is_stamped(path: Path) -> bool:
    """Whether a Parquet file says of itself that it is of the simulated market."""
    return _footer(path).stamped


@dataclass(frozen=True, slots=True)
class _Footer:
    """What the end of a file says: its columns, those of them that are not nested, its stamp."""

    columns: frozenset[str] = frozenset()
    flat: frozenset[str] = frozenset()
    stamped: bool = False


def _footer(path: Path) -> _Footer:
    if not is_parquet(path):
        return _Footer()
    stat = path.stat()
    return _looked_up(path, stat.st_size, stat.st_mtime_ns)


@dataclass(frozen=True, slots=True)
class Opened:
    """A Parquet file whose announcements are within bounds.

    Attributes
    ----------
    path : Path
        Where it is, for messages.
    file : ParquetFile
        As Arrow opened it.
    """

    path: Path
    file: "ParquetFile"

    @property
    def groups(self) -> range:
        """Numbers of its row groups."""
        return range(self.file.metadata.num_row_groups)

    def frame(self, groups: Iterable[int], columns: list[str]) -> pl.DataFrame:
        """Read columns, of those that `opened` was given, of some row groups.

        Raises
        ------
        RefusedFileError
            If the file is damaged there.
        """
        with _refusing(self.path):
            table = self.file.read_row_groups(list(groups), columns=columns)
            table.validate(full=True)
            # Column by column: damaged notes on the table would abort the conversion.
            return pl.DataFrame([_series(name, table[name]) for name in columns])


@lru_cache(maxsize=64)
def _looked_up(path: Path, _size: int, _changed: int) -> _Footer:
    """Read the end of a file; nothing where it is damaged."""
    try:
        with opened(path) as found:
            about = found.file.metadata
            said = about.metadata or {}
            return _Footer(
                columns=frozenset(found.file.schema_arrow.names),
                flat=frozenset(about.schema.column(n).path for n in range(about.num_columns)),
                stamped=all(
                    said.get(name.encode()) == text.encode()
                    for name, text in SIMULATED_STAMP.items()
                ),
            )
    except RefusedFileError:
        return _Footer()


@contextmanager
def opened(path: Path, types: Types | None = None) -> Iterator[Opened]:
    """Open a Parquet file whose announcements are within bounds.

    Parameters
    ----------
    path : Path
        The file.
    types : mapping, optional
        Columns that it must have, each of one of its types.

    Yields
    ------
    Opened
        Good within the context.

    Raises
    ------
    RefusedFileError
        If the file is damaged, announces too much, lacks a column or has it in another type.
    """
    from pyarrow.parquet import ParquetFile  # noqa: PLC0415 - a third of a second

    # Arrow takes it amiss if a dictionary is asked for that is not there.
    there = _footer(path).flat if types else ()
    texts = [name for name, kinds in (types or {}).items() if pl.String in kinds and name in there]
    with ExitStack() as closing:
        with _refusing(path):
            _check_footer(path)
            file = ParquetFile(path, read_dictionary=texts, page_checksum_verification=True)
            closing.enter_context(file)
            _check_announced(path, file)
            if types is not None:
                _check_types(path, file, types)
                check_pages(path, file.metadata, GROUP_LIMIT)
        yield Opened(path, file)


@contextmanager
def _refusing(path: Path) -> Iterator[None]:
    """Turn what Arrow raises on a damaged file into a refusal."""
    import pyarrow as pa  # noqa: PLC0415

    try:
        yield
    # A schema that contradicts itself, or a text that is none, raises errors of Python.
    except (OSError, pa.ArrowException, ValueError, LookupError, MemoryError) as error:
        found = (str(error).splitlines() or ["damaged"])[0]
        raise _refusal(path, found, "an undamaged Parquet file") from error


def _check_footer(path: Path) -> None:
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - 8))
        end = file.read(8)
    length = int.from_bytes(end[:4], "little")
    if end[4:] != _MAGIC or length + 12 > size:
        raise _refusal(path, "its end is missing", "an undamaged Parquet file")
    if length > FOOTER_LIMIT:
        raise _refusal(path, f"its footer has {length} bytes", f"at most {FOOTER_LIMIT}")


def _check_announced(path: Path, file: "ParquetFile") -> None:
    about = file.metadata
    if about.num_columns > COLUMN_LIMIT:
        raise _refusal(path, f"{about.num_columns} columns", f"at most {COLUMN_LIMIT}")
    groups = [about.row_group(number) for number in range(about.num_row_groups)]
    if sum(group.num_rows for group in groups) != about.num_rows:
        raise _refusal(path, "its parts do not add up to its rows", "an undamaged Parquet file")
    for group in groups:
        if not 0 <= group.num_rows <= ROW_LIMIT:
            raise _refusal(path, f"{group.num_rows} rows at once", f"at most {ROW_LIMIT}")
        if not 0 <= group.total_byte_size <= GROUP_LIMIT:
            size = group.total_byte_size
            raise _refusal(path, f"{size} bytes at once", f"at most {GROUP_LIMIT}")


def _check_types(path: Path, file: "ParquetFile", types: Types) -> None:
    import pyarrow as pa  # noqa: PLC0415

    schema = file.schema_arrow
    if twice := next((name for name in types if schema.names.count(name) > 1), None):
        raise _refusal(path, f"it has the column {twice} twice", "each column once")
    if missing := types.keys() - set(schema.names):
        raise RefusedFileError(
            f"{path.name} lacks a column", field="file", value=path, expected=min(missing)
        )
    for column, allowed in types.items():
        kind = schema.field(column).type
        if pa.types.is_dictionary(kind):
            kind = kind.value_type
        try:
            found = pl.Schema(pa.schema([(column, kind)]))[column]
        except (pl.exceptions.PolarsError, NotImplementedError):
            found = None
        if found is None or found.base_type() not in allowed:
            raise RefusedFileError(
                f"A column of {path.name} has the wrong type",
                field=column,
                value=kind if found is None else found,
                expected=" or ".join(sorted(str(dtype) for dtype in allowed)),
            )


def read_parquet(path: Path, types: Types) -> pl.DataFrame:
    """Read columns of a Parquet file whole.

    Parameters
    ----------
    path : Path
        The file.
    types : mapping
        Columns to read, and the types that each may have.

    Returns
    -------
    pl.DataFrame
        The columns in the order of `types`.

    Raises
    ------
    RefusedFileError
        As `opened`, and if there are more rows than `ROW_LIMIT`.
    """
    with opened(path, types) as found:
        rows = found.file.metadata.num_rows
        if rows > ROW_LIMIT:
            raise _refusal(path, f"{rows} rows", f"at most {ROW_LIMIT}")
        return found.frame(found.groups, list(types))


def _series(name: str, column: Any) -> pl.Series:
    import pyarrow as pa  # noqa: PLC0415

    if not pa.types.is_dictionary(column.type):
        return _on_the_calendar(pl.Series(name, column))
    length = sum(_text_length(chunk) for chunk in column.chunks)
    if length > GROUP_LIMIT:
        raise ValueError(f"{name} has {length} bytes of text at once")
    return pl.Series(name, column).cast(pl.String)


def _on_the_calendar(column: pl.Series) -> pl.Series:
    """Put the last day that can be written, which no contract admits, for those beyond it.

    Polars ends the process at the year 10000 where it writes a day.
    """
    if not isinstance(column.dtype, pl.Date | pl.Datetime):
        return column
    bound = pl.lit(date.max).cast(column.dtype)
    within = pl.col(column.name).is_between(pl.lit(date.min).cast(column.dtype), bound)
    shown = pl.when(within | pl.col(column.name).is_null()).then(column.name).otherwise(bound)
    return column.to_frame().select(shown.alias(column.name)).to_series()


def _text_length(chunk: Any) -> int:
    """Bytes that the texts of a dictionary array would take, each written out."""
    import pyarrow.compute as pc  # noqa: PLC0415

    lengths = pc.take(pc.binary_length(chunk.dictionary), chunk.indices)
    return pc.sum(lengths, min_count=0).as_py() or 0


def _refusal(path: Path, found: str, expected: str) -> RefusedFileError:
    return RefusedFileError(
        f"Parquet file cannot be read ({found})", field="file", value=path, expected=expected
    )
