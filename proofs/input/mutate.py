"""Changes to files, each from a chance of its own: of bytes, and of the cells of tables.

A change of bytes may give another file that is right in itself. A change of a table says what must
come of it: `SAME` rows, or `NO_NEW` ones, because the changed cell can be no fact.
"""

import csv
import io
import json
import re
from collections.abc import Callable
from random import Random
from typing import Final, Literal

import polars as pl

Promise = Literal["any", "same", "no_new"]
Bytes = Callable[[bytes, Random], bytes]

ABSURD: Final = (
    "NaN",
    "inf",
    "-inf",
    "1e308",
    "-1e15",
    "1" + "0" * 40,
    "0x1F",
    "1,5",
    "1.2.3",
    "٣x",
)
"""No figure of any column."""
NO_DAY: Final = (
    "31/12/2025",
    "12-31-2025",
    "2025-13-45",
    "9999-12-31",
    "0001-01-01",
    "20250101",
    "2025-01-011",
    "yesterday",
    "45000",
    "2025-02-30",
    "3025-01-01",
)
NO_SYMBOL: Final = (
    "../../x",
    "'; DROP TABLE quote; --",
    "=cmd|' /C calc'!A0",
    "A B C",
    "\x1b[31m",
    "A" * 300,
    "/etc/passwd",
    "{{7*7}}",
    "$(id)",
    "Ａ",
    "%00",
    "a\\b",
    '"',
)
_NUMBERS: Final = re.compile(rb"\d+(?:\.\d+)?")
_DAYS: Final = re.compile(rb"\d{4}-\d{2}-\d{2}")


def _place(content: bytes, chance: Random) -> int:
    return chance.randrange(len(content)) if content else 0


def flip(content: bytes, chance: Random) -> bytes:
    """Turn one to eight bits over."""
    changed = bytearray(content)
    for _ in range(chance.randint(1, 8) if content else 0):
        changed[_place(content, chance)] ^= 1 << chance.randrange(8)
    return bytes(changed)


def truncate(content: bytes, chance: Random) -> bytes:
    """Cut the end off."""
    return content[: _place(content, chance)]


def cut(content: bytes, chance: Random) -> bytes:
    """Take a piece out."""
    start = _place(content, chance)
    return content[:start] + content[start + chance.randint(1, 200) :]


def repeat(content: bytes, chance: Random) -> bytes:
    """Say a piece twice."""
    start = _place(content, chance)
    end = start + chance.randint(1, 400)
    return content[:end] + content[start:]


def noise(content: bytes, chance: Random) -> bytes:
    """Write noise over a piece."""
    start, size = _place(content, chance), chance.randint(1, 64)
    return content[:start] + chance.randbytes(size) + content[start + size :]


def blank(content: bytes, chance: Random) -> bytes:
    """Write one byte over a piece."""
    start, size = _place(content, chance), chance.randint(1, 256)
    return content[:start] + chance.choice([b"\0", b"\xff", b" "]) * size + content[start + size :]


def swap(content: bytes, chance: Random) -> bytes:
    """Change two halves."""
    start = _place(content, chance)
    return content[start:] + content[:start]


def append(content: bytes, chance: Random) -> bytes:
    """Put something behind it."""
    return content + chance.choice([b"\0" * 100, content, chance.randbytes(50), b"\n\n", b"\x1a"])


def marked(content: bytes, _chance: Random) -> bytes:
    """Put a byte order mark before it."""
    return b"\xef\xbb\xbf" + content


def utf16(content: bytes, chance: Random) -> bytes:
    """Write it as a spreadsheet's "Unicode text"."""
    return content.decode("latin-1").encode(chance.choice(["utf-16", "utf-16-le", "utf-32"]))


def mixed(content: bytes, chance: Random) -> bytes:
    """Put letters of two encodings into it."""
    at = sorted(_place(content, chance) for _ in range(2))
    return content[: at[0]] + "é".encode() + content[at[0] : at[1]] + b"\xe9" + content[at[1] :]


def ends(content: bytes, chance: Random) -> bytes:
    """End lines otherwise."""
    return content.replace(b"\n", chance.choice([b"\r\n", b"\r", b"\n\n", b"\x0b"]))


def number(content: bytes, chance: Random) -> bytes:
    """Put something absurd in the place of a number."""
    return _instead(_NUMBERS, content, chance, ABSURD)


def day(content: bytes, chance: Random) -> bytes:
    """Put what is none in the place of a day."""
    return _instead(_DAYS, content, chance, NO_DAY)


def sign(content: bytes, chance: Random) -> bytes:
    """Put a sign of some meaning somewhere."""
    start = _place(content, chance)
    signs = [b'"', b",", b"|", b"\n", b"\r", b"\t", b"\0", b"{", b"[", b"]", b"\\", b"'", b";"]
    return content[:start] + chance.choice(signs) * chance.choice([1, 1, 1, 50]) + content[start:]


def long(content: bytes, chance: Random) -> bytes:
    """Put in a piece that does not end."""
    start = _place(content, chance)
    return (
        content[:start] + chance.choice([b"A", b"9", b"[", b"\xc3\xa9"]) * 100_000 + content[start:]
    )


def _instead(
    of: re.Pattern[bytes], content: bytes, chance: Random, others: tuple[str, ...]
) -> bytes:
    found = list(of.finditer(content))
    if not found:
        return content
    one = chance.choice(found)
    return content[: one.start()] + chance.choice(others).encode() + content[one.end() :]


OF_BYTES: Final[tuple[Bytes, ...]] = (
    flip,
    flip,
    flip,
    flip,
    truncate,
    cut,
    repeat,
    noise,
    blank,
    swap,
    append,
    marked,
)
OF_TEXT: Final[tuple[Bytes, ...]] = (
    *OF_BYTES,
    utf16,
    mixed,
    ends,
    number,
    number,
    day,
    day,
    sign,
    sign,
    long,
)


Kinds = dict[str, str]
"""Column → `number`, `day` or `symbol`."""
_BAD: Final = {"number": ABSURD, "day": NO_DAY, "symbol": NO_SYMBOL}


def of_cells(
    rows: list[list[str]], kinds: Kinds, chance: Random
) -> tuple[list[list[str]], Promise]:
    """Change a table of texts whose first row names its columns."""
    head, body = list(rows[0]), [list(row) for row in rows[1:]]
    what = chance.choice(["bad", "bad", "bad", "reorder", "drop", "double", "again", "wide"])
    if what == "bad" and (column := chance.choice(sorted(kinds))) in head:
        body[chance.randrange(len(body))][head.index(column)] = chance.choice(_BAD[kinds[column]])
        return [head, *body], "no_new"
    place = chance.randrange(len(head))
    if what == "reorder":
        order = chance.sample(range(len(head)), len(head))
        return [[row[n] for n in order] for row in [head, *body]], "same"
    if what == "drop":
        return [[*row[:place], *row[place + 1 :]] for row in [head, *body]], "any"
    if what == "double":
        other = chance.choice(body)[place] + "1"
        return [[*head, head[place]], *([*row, other] for row in body)], "same"
    if what == "again":
        return [head, *body, *chance.sample(body, min(3, len(body)))], "no_new"
    wide = chance.choice([10, 5000])
    return [
        [*head, *(f"x{n}" for n in range(wide))],
        *([*row, *[""] * wide] for row in body),
    ], "same"


def of_csv(
    content: bytes, kinds: Kinds, chance: Random, separator: str = ","
) -> tuple[bytes, Promise]:
    """Change the cells of delimited text."""
    rows = [row for row in csv.reader(io.StringIO(content.decode()), delimiter=separator) if row]
    changed, promise = of_cells(rows, kinds, chance)
    text = io.StringIO()
    csv.writer(text, delimiter=separator, lineterminator="\n").writerows(changed)
    return text.getvalue().encode("utf-8", "surrogatepass"), promise


def of_frame(
    frame: pl.DataFrame, kinds: Kinds, chance: Random, *, spans: bool
) -> tuple[pl.DataFrame, Promise]:
    """Change the cells and columns of a frame.

    With `spans` rows are intervals: one under another symbol ends those of its own, rightly.
    """
    what = chance.choice(["bad"] * 4 + ["reorder", "drop", "type", "nest", "again", "wide"])
    column = chance.choice(sorted(kinds))
    if what == "bad":
        renamed = spans and kinds[column] == "symbol"
        return _bad(frame, column, kinds[column], chance), "any" if renamed else "no_new"
    if what == "reorder":
        return frame.select(chance.sample(frame.columns, len(frame.columns))), "same"
    if what == "drop":
        return frame.drop(column), "any"
    if what == "type":
        kind = chance.choice([pl.Binary, pl.Boolean, pl.Duration, pl.Time])
        return frame.with_columns(pl.lit(None).cast(kind).alias(column)), "no_new"
    if what == "nest":
        nested = chance.choice([pl.concat_list(column), pl.struct(column)])
        return frame.with_columns(nested.alias(column)), "no_new"
    if what == "again":
        return pl.concat([frame, frame.sample(3, seed=chance.randrange(99))]), "no_new"
    wide = {f"x{n}": pl.lit(n) for n in range(chance.choice([10, 2000]))}
    return frame.with_columns(**wide), "same"


def _bad(frame: pl.DataFrame, column: str, kind: str, chance: Random) -> pl.DataFrame:
    dtype, place = frame.schema[column], chance.randrange(frame.height)
    if dtype == pl.Date:
        value = pl.lit(chance.choice([-2_000_000, 2_932_896, 5_000_000, 2**31 - 1]), pl.Int32).cast(
            pl.Date
        )
    elif dtype.is_float():
        value = pl.lit(chance.choice([float("nan"), float("inf"), -float("inf"), 1e308, -1e15]))
    elif dtype.is_integer():
        value = pl.lit(-(2**62))
    else:
        value = pl.lit(chance.choice(_BAD[kind]))
    here = pl.int_range(pl.len()) == place
    return frame.with_columns(pl.when(here).then(value.cast(dtype)).otherwise(column).alias(column))


def of_json(content: bytes, kinds: Kinds, chance: Random) -> tuple[bytes, Promise]:
    """Change a value of JSON, wherever one of the columns is named."""
    found = json.loads(content)
    holders = [one for one in _objects(found) if kinds.keys() & one.keys()]
    if not holders:
        return content, "any"
    one = chance.choice(holders)
    name = chance.choice(sorted(kinds.keys() & one.keys()))
    if isinstance(one[name], list) and one[name]:
        one[name][chance.randrange(len(one[name]))] = chance.choice(_BAD[kinds[name]])
    else:
        one[name] = chance.choice(_BAD[kinds[name]])
    return json.dumps(found).encode(), "no_new"


def _objects(content: object) -> list[dict[str, object]]:
    if isinstance(content, dict):
        return [content, *(one for value in content.values() for one in _objects(value))]
    if isinstance(content, list):
        return [one for value in content for one in _objects(value)]
    return []
