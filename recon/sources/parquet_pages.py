"""What the pages of a Parquet file say of their own size, before any of them is unpacked.

Arrow takes the room for a page from the page's own header, which may say two thousand million
bytes where the end of the file says a few; a page of zeros that size packs into 64 kilobytes. So
the headers are walked first, which takes a hundredth of a second for ten million rows. They are
written in Thrift's compact protocol (thrift-compact-protocol.md, "Struct
encoding"), of which only the first fields of `PageHeader` (parquet.thrift) matter here:
1 the kind, 2 the bytes unpacked, 3 the bytes packed.
"""

from collections.abc import Callable
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from pyarrow.parquet import FileMetaData

DEEPEST: Final = 8
"""Structures within structures; a page's header has three."""
_TRUE, _FALSE, _BYTE, _DOUBLE, _BINARY, _LIST, _SET, _STRUCT = 1, 2, 3, 7, 8, 9, 10, 12
_WHOLE: Final = frozenset({4, 5, 6})
_LONGEST_NUMBER: Final = 10
"""Bytes of a number of 64 bits."""


class Bytes(Protocol):
    """Bytes in memory or mapped into it."""

    def __getitem__(self, place: int, /) -> int:
        """Give one of them."""

    def __len__(self) -> int:
        """Count them."""


def check_pages(path: Path, about: "FileMetaData", limit: int) -> None:
    """Hold what the pages of a file say that they take unpacked to a bound.

    Parameters
    ----------
    path : Path
        The file.
    about : FileMetaData
        What its end says.
    limit : int
        Bytes of a row group.

    Raises
    ------
    ValueError
        If a row group takes more, or the headers of its pages are none.
    """
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as content:
        for number in range(about.num_row_groups):
            group = about.row_group(number)
            taken = 0
            for place in range(group.num_columns):
                column = group.column(place)
                # The dictionary of a column, where it has one, stands before its data.
                start = min(column.dictionary_page_offset or len(content), column.data_page_offset)
                taken += unpacked_size(content, start, start + column.total_compressed_size)
            if taken > limit:
                raise ValueError(f"its pages unpack to {taken} bytes at once, more than {limit}")


def unpacked_size(content: Bytes, start: int, end: int) -> int:
    """Add up what the pages from one place to another say that they take unpacked.

    Parameters
    ----------
    content : Bytes
        The file.
    start, end : int
        Where a column's part of a row group begins and ends.

    Returns
    -------
    int
        Bytes.

    Raises
    ------
    ValueError
        If a header is none, or announces a page that ends beyond the part.
    """
    if not 0 <= start <= end <= len(content):
        raise ValueError("a column lies beyond the end of the file")
    total, at = 0, start
    while at < end:
        sizes, at = _struct(content, at, 0)
        unpacked, packed = sizes.get(2, -1), sizes.get(3, -1)
        if unpacked < 0 or packed < 0 or at + packed > end:
            raise ValueError("a page is of another size than its column")
        total, at = total + unpacked, at + packed
    return total


def _struct(content: Bytes, at: int, depth: int) -> tuple[dict[int, int], int]:
    """Read a structure: its whole numbers by field, and the place behind it."""
    if depth > DEEPEST:
        raise ValueError("the header of a page is nested too deeply")
    found: dict[int, int] = {}
    field = 0
    while True:
        if at >= len(content):
            raise ValueError("the header of a page does not end")
        head, at = content[at], at + 1
        if head == 0:
            return found, at
        kind, step = head & 15, head >> 4
        if step:
            field += step
        else:
            field, at = _signed(content, at)
        if kind in _WHOLE:
            found[field], at = _signed(content, at)
        else:
            at = _behind(content, at, kind, depth)


def _behind(content: Bytes, at: int, kind: int, depth: int) -> int:
    """Give the place behind a value that is not wanted."""
    if kind in {_TRUE, _FALSE}:
        return at
    fixed: dict[int, Callable[[], int]] = {
        _BYTE: lambda: at + 1,
        _DOUBLE: lambda: at + 8,
        _STRUCT: lambda: _struct(content, at, depth + 1)[1],
    }
    if kind in fixed:
        return fixed[kind]()
    if kind == _BINARY:
        length, at = _number(content, at)
        return at + length
    raise ValueError("the header of a page holds what none does")


def _signed(content: Bytes, at: int) -> tuple[int, int]:
    value, at = _number(content, at)
    return (value >> 1) ^ -(value & 1), at


def _number(content: Bytes, at: int) -> tuple[int, int]:
    """Read a number of seven bits a byte, and the place behind it."""
    value = 0
    for place in range(_LONGEST_NUMBER):
        if at + place >= len(content):
            break
        byte = content[at + place]
        value |= (byte & 127) << (7 * place)
        if byte < 128:
            return value, at + place + 1
    raise ValueError("a number in the header of a page does not end")
