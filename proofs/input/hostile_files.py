"""Files built to do harm: small ones that stand for gigabytes, and such as never end."""

import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Final

import polars as pl

from proofs.input.hostile import Hostile
from proofs.input.seed import zipped

Make = Callable[[], bytes]
GIGABYTE: Final = 2**30
_PIECE: Final = 2**20


def deflated(size: int, of: bytes = b" ", *, wrapped: bool = True) -> bytes:
    """Megabytes of one byte packed, in the time that one of them takes."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 15 if wrapped else -15)
    piece = of * _PIECE
    start = packer.compress(piece) + packer.flush(zlib.Z_FULL_FLUSH)
    # Behind a full flush a piece refers to nothing before it, and can be said again.
    again = packer.compress(piece) + packer.flush(zlib.Z_FULL_FLUSH)
    end = packer.flush()
    if not wrapped:
        return start + again * (size // _PIECE - 1) + end
    check = 1
    for _ in range(size // _PIECE):
        check = zlib.adler32(piece, check)
    return start + again * (size // _PIECE - 1) + end[:-4] + struct.pack(">I", check)


def _pdf(objects: Iterable[bytes], trailer: bytes = b"") -> bytes:
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    at = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = trailer.replace(b"ITSELF", b"%d" % at)
    out += b"trailer\n<</Size %d/Root 1 0 R%s>>\n" % (len(places) + 1, trailer)
    return bytes(out + b"startxref\n%d\n%%%%EOF\n" % at)


def _stream(packed: bytes, about: bytes = b"/Filter/FlateDecode") -> bytes:
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (about, len(packed), packed)


def _page(content: bytes, resources: bytes = b"", *more: bytes) -> list[bytes]:
    return [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R"
        b"/Resources<</Font<</F 5 0 R>>%s>>>>" % resources,
        content,
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        *more,
    ]


def _forms(levels: int = 25) -> bytes:
    """Pictures of ten pictures of ten pictures, the last of the first."""
    packed = zlib.compress(b"/X Do " * 10)
    forms = [
        _stream(
            packed,
            b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X %d 0 R>>>>"
            b"/Filter/FlateDecode" % (7 + level if level < levels - 1 else 6),
        )
        for level in range(levels)
    ]
    return _pdf(_page(_stream(zlib.compress(b"/X Do")), b"/XObject<</X 6 0 R>>", *forms))


def _tree(levels: int, node: bytes) -> bytes:
    """A tree of pages: a node a level, each naming the next."""
    nodes = [node.replace(b"NEXT", b"%d 0 R" % (n + 1)) for n in range(2, levels)]
    return _pdf([_ROOT, *nodes, _LEAF])


_ROOT: Final = b"<</Type/Catalog/Pages 2 0 R>>"
_LEAF: Final = b"<</Type/Page/Parent 2 0 R>>"
_EMPTY: Final = _stream(zlib.compress(b""))
_TWICE: Final = b"/Filter[/FlateDecode/FlateDecode]"
_SAID: Final = b"BT /F 1 Tf 1 1 Td (Russell 1000) Tj ET\n"
_PDFS: Final[dict[str, Make]] = {
    "a PDF whose page inflates to gigabytes": lambda: _pdf(_page(_stream(deflated(4 * GIGABYTE)))),
    "a PDF packed twice": lambda: _pdf(
        _page(_stream(zlib.compress(deflated(4 * GIGABYTE), 9), _TWICE))
    ),
    "a PDF of millions of words": lambda: _pdf(_page(_stream(zlib.compress(_SAID * 4_000_000)))),
    "a PDF of nested lists": lambda: _pdf([b"[" * 2_000_000 + b"]" * 2_000_000, *_page(b"")[1:]]),
    "a PDF of nested tables": lambda: _pdf(
        [b"<</Pages 2 0 R/X" + b"<</A" * 500_000 + b" 1" + b">>" * 500_001, *_page(_EMPTY)[1:]]
    ),
    "a PDF whose pages are their own parent": lambda: _pdf(
        [_ROOT, b"<</Type/Pages/Kids[2 0 R 2 0 R 2 0 R]/Count 400>>"]
    ),
    "a PDF of announced pages": lambda: _pdf(
        [_ROOT, b"<</Type/Pages/Kids[3 0 R]/Count 2147483647>>", _LEAF]
    ),
    "a PDF of a deep tree of pages": lambda: _tree(50_000, b"<</Type/Pages/Kids[NEXT]/Count 1>>"),
    "a PDF of two to the sixty pages": lambda: _tree(
        60, b"<</Type/Pages/Kids[NEXT NEXT]/Count 400>>"
    ),
    "a PDF of pictures of pictures": _forms,
    "a PDF whose table of objects goes back to itself": lambda: _pdf(
        _page(_EMPTY), b"/Prev ITSELF"
    ),
}


def _member(number: int) -> str:
    return f"CIK{number:010}.json"


def _zip_of(method: int, size: int) -> bytes:
    """A member that inflates to so much, behind one by which the archive is known."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method, compresslevel=9) as archive:
        archive.writestr(_member(1), _FACTS)
        with archive.open(_member(2), "w") as member:
            member.write(_FACTS)
            for _ in range(size // _PIECE):
                member.write(b" " * _PIECE)
    return buffer.getvalue()


def _said_again(members: int) -> bytes:
    """One member under many names: a megabyte of room in the file for terabytes."""
    content = b'{"entityName":"x","facts":{}}'.ljust(_PIECE)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(_member(1), content)
        (one,) = archive.infolist()
        for number in range(2, members):
            other = zipfile.ZipInfo(_member(number))
            for name in ("compress_type", "compress_size", "file_size", "CRC", "header_offset"):
                setattr(other, name, getattr(one, name))
            archive.filelist.append(other)
    return buffer.getvalue()


_FACTS: Final = b'{"cik":1,"entityName":"x","facts":{}}'


def _nested() -> bytes:
    inner = zipped([(_member(n), _FACTS) for n in range(1, 50)])
    for _ in range(5):
        inner = zipped([(_member(1), _FACTS), (_member(2), inner * 10)])
    return inner


def _of_another_size() -> bytes:
    """A member of a megabyte of which the list of members says forty bytes."""
    content = bytearray(zipped([(_member(1), _FACTS), (_member(2), b"0" * _PIECE)]))
    at = content.rindex(b"PK\x01\x02")
    content[at + 24 : at + 28] = struct.pack("<I", 40)
    return bytes(content)


_ZIPS: Final[dict[str, Make]] = {
    "an archive that inflates to a gigabyte": lambda: _zip_of(zipfile.ZIP_DEFLATED, GIGABYTE),
    "an archive packed otherwise": lambda: _zip_of(zipfile.ZIP_BZIP2, GIGABYTE // 8),
    "an archive of archives": _nested,
    "an archive that lies about a size": _of_another_size,
    "an archive whose members are one": lambda: _said_again(20_000),
}


def _parquet_that_lies() -> bytes:
    """Quotes of which one page says that it takes two gigabytes, where the end says few bytes."""
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    rows = 60_000
    whole, real = pa.array(range(rows)), pa.array(float(n) * 1.000001 for n in range(rows))
    text = pa.array(["A"] * rows)
    columns = {"session": whole.cast(pa.int32()).cast(pa.date32()), "symbol": text}
    columns |= {"exchange": text, "close": real, "netchange": real, "volume": whole}
    table = pa.table(columns | {"market_cap": real})
    table = table.cast(pa.schema([one.with_nullable(False) for one in table.schema]))
    buffer = io.BytesIO()
    pq.write_table(table, buffer, use_dictionary=["symbol", "exchange"], compression="zstd")
    group = pq.ParquetFile(buffer).metadata.row_group(0)
    size, piece = 2**31 - 2**26, 2**26
    packed = pa.Codec("zstd").compress(b"\0" * piece, asbytes=True) * (size // piece)
    head = b"\x15\x00\x15%s\x15%s\x2c\x15%s\x15\x00\x15\x06\x15\x06\x00\x00" % (
        *map(_varint, (size, len(packed), rows)),
    )
    content = bytearray(buffer.getvalue())
    column = next(c for c in map(group.column, range(7)) if c.path_in_schema == "close")
    assert len(head) + len(packed) < column.total_compressed_size
    start = column.data_page_offset
    content[start : start + len(head) + len(packed)] = head + packed
    return bytes(content)


def _varint(value: int) -> bytes:
    left, out = value << 1, bytearray()
    while left > 127:
        out.append(left & 127 | 128)
        left >>= 7
    return bytes([*out, left])


def _wide() -> bytes:
    buffer = io.BytesIO()
    pl.DataFrame({f"x{n}": [1] for n in range(20_000)}).write_parquet(buffer)
    return buffer.getvalue()


_HEAD: Final = "symbol,as_of,shares,known_at,source"
_SCREENER: Final = "nasdaq_full_tickers_2025-04-30.json"
_TEXTS: Final[list[tuple[str, str, str, Make]]] = [
    (
        "a table of ten million columns",
        "own.csv",
        "a source",
        lambda: ",".join([_HEAD, *(f"x{n}" for n in range(10_000_000))]).encode(),
    ),
    (
        "a table whose line does not end",
        "own.csv",
        "a source",
        lambda: f"{_HEAD}\nA,2025-01-28,".encode() + b"1" * 2**27,
    ),
    (
        "a line of two million keys",
        _SCREENER,
        "a source",
        lambda: json.dumps([dict.fromkeys(map(str, range(2_000_000)), 1)]).encode(),
    ),
    ("brackets", _SCREENER, "a source", lambda: b'[{"symbol":' + b"[" * 50_000_000),
    (
        "brackets that end",
        "list.json",
        "candidate list",
        lambda: b"[" * 10**6 + b"]" * 10**6,
    ),
    ("a candidate list of twenty thousand columns", "list.parquet", "candidate list", _wide),
    ("settings of nested lists", "recon.toml", "settings", lambda: b"a = " + b"[" * 200_000),
    (
        "a rulebook of nested tables",
        "own.toml",
        "rulebook",
        lambda: b"[" + b"a." * 100_000 + b"b]\n",
    ),
    ("a profile of ten million lines", "desk.toml", "profile", lambda: b"a=1\n" * 10_000_000),
]


def cases() -> list[Hostile]:
    """All of them; each is made when its time comes."""
    texts = [(name, file, target, make) for name, file, target, make in _TEXTS]
    texts += [
        (name, "ru3000-additions-20250627.pdf", "a source", make) for name, make in _PDFS.items()
    ]
    texts += [(name, "companyfacts.zip", "a source", make) for name, make in _ZIPS.items()]
    texts.append(
        ("quotes whose pages lie", "screener_daily.parquet", "a source", _parquet_that_lies)
    )
    return [
        Hostile(name, partial(_written, file, make), target=target)
        for name, file, target, make in texts
    ]


def _written(name: str, make: Make, folder: Path) -> Path:
    (folder / name).write_bytes(make())
    return folder / name
