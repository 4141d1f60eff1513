"""A kept master is the one that would be built, or it is built again."""

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from recon.master import kept as module
from recon.master.build import Master
from recon.master.kept import KEPT, kept
from recon.master.membership import Membership
from recon.master.snapshots import Snapshot

DAY = date(2024, 4, 30)
LARGE = Snapshot("R1000", DAY, "etf_ishares", "ishares_csv")


def small(cap: float = 2.5) -> Master:
    """A master of one company."""
    lines = pl.DataFrame(
        {"symbol": ["A"], "session": [DAY], "cap": [cap], "codes": [["x", "y"]], "none": [None]},
        schema_overrides={"none": pl.String},
    )
    return Master(
        session=DAY,
        lines=lines,
        companies=lines.select("symbol"),
        securities=lines.select("cap"),
        membership=Membership(lines.select("codes"), (LARGE,), None),
        absent=lines.clear(),
    )


class Maker:
    """Builds masters and counts them."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> Master:
        self.times += 1
        return small(float(self.times))


def same(one: Master, other: Master) -> None:
    assert one.session == other.session
    for name in ("lines", "companies", "securities", "absent"):
        assert_frame_equal(getattr(one, name), getattr(other, name))
    assert_frame_equal(one.membership.lines, other.membership.lines)
    assert one.membership.snapshots == other.membership.snapshots
    assert one.membership.micro == other.membership.micro


def test_the_same_question_is_answered_once(tmp_path: Path) -> None:
    make = Maker()
    first = kept(tmp_path, ("store", DAY), make)
    same(kept(tmp_path, ("store", DAY), make), first)
    assert make.times == 1


def test_another_question_or_program_is_answered_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = Maker()
    kept(tmp_path, ("store", DAY), make)
    kept(tmp_path, ("other store", DAY), make)
    monkeypatch.setattr(module, "_program", lambda: "another")
    kept(tmp_path, ("store", DAY), make)
    assert make.times == 3


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: flip(folder / "lines.parquet"),
        lambda folder: flip(folder / "members.parquet"),
        lambda folder: (folder / "companies.parquet").unlink(),
        lambda folder: (folder / "head.json").write_text("{}"),
    ],
    ids=["a bit of lines", "a bit of members", "a file missing", "no head"],
)
def test_a_damaged_one_is_built_again(tmp_path: Path, damage: Callable[[Path], object]) -> None:
    make = Maker()
    kept(tmp_path, "asked", make)
    (folder,) = tmp_path.iterdir()
    damage(folder)
    same(kept(tmp_path, "asked", make), small(2.0))
    same(kept(tmp_path, "asked", make), small(2.0))


def test_where_nothing_can_be_written_nothing_is_kept(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    make = Maker()
    for _ in range(2):
        kept(tmp_path / "file" / "masters", "asked", make)
    assert make.times == 2


def test_the_oldest_go(tmp_path: Path) -> None:
    make = Maker()
    for number in range(KEPT + 2):
        kept(tmp_path, number, make)
        newest = max(tmp_path.iterdir(), key=lambda path: path.stat().st_mtime_ns)
        os.utime(newest, ns=(number, number))
    assert len(list(tmp_path.iterdir())) == KEPT
    kept(tmp_path, KEPT + 1, make)
    assert make.times == KEPT + 2
