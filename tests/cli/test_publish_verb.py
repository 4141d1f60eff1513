"""Publish as a user calls it, and every verb's `--store` at what was published."""

from datetime import date
from pathlib import Path

import object_store
import pytest
from run_recon import Run
from simulated_market import RANKS

import recon.cli.clock

pytestmark = pytest.mark.xdist_group("s3")


@pytest.fixture(autouse=True)
def _settled(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(recon.cli.clock, "today", lambda: date(2025, 5, 2))
    monkeypatch.setenv("RECON_COPIES", str(tmp_path / "copies"))
    (tmp_path / "own.toml").write_text(RANKS)


@pytest.mark.usefixtures("s3")
def test_a_list_from_an_object_store_is_the_same_to_the_byte(recon: Run, filled: Path) -> None:
    address = f"s3://{object_store.BUCKET}/cli"
    done = recon("publish", address, "--store", filled)
    assert done.exit_code == 0, done.stderr
    assert done.stdout.startswith("SIMULATED MARKET: generation 1, schema ")
    assert done.stdout.endswith(f"; {address}\n")
    again = recon("publish", address, "--store", filled)
    assert "published before, nothing changed" in again.stdout

    asked = ("--event", "2025-06", "--as-of", "2025-04-30", "--rulebook", "own.toml")
    for options in (("--format", "csv"), ("--model", "none", "--format", "json")):
        verb = ("watchlist", "--no-archive", *options, *asked)
        own = recon(*verb, "--store", filled)
        shared = recon(*verb, "--store", address)
        assert own.exit_code == shared.exit_code == 0, shared.stderr
        assert shared.stdout_bytes == own.stdout_bytes
        assert own.stdout.count("2025-06") > 10
    assert shared.stderr == own.stderr, "the copy is there: only the first call says so"


def test_a_published_folder_is_read_by_option_and_environment(
    recon: Run, filled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert recon("publish", "place", "--store", filled).exit_code == 0
    done = recon("status", "--store", "place")
    assert done.exit_code == 0, done.stderr
    assert "generation 1 of place is now in" in done.stderr
    monkeypatch.setenv("RECON_STORE", "place")
    assert recon("status").stdout == done.stdout
    tables = [one.split("missing")[0] for one in done.stdout.splitlines() if "sessions 2" in one]
    assert tables[0] in recon("status", "--store", filled).stdout


def test_a_forecast_from_what_was_published_is_archived_beside_its_copy(
    recon: Run, filled: Path, tmp_path: Path
) -> None:
    recon("publish", "place", "--store", filled)
    asked = ("--event", "2025-06", "--as-of", "2025-04-30", "--rulebook", "own.toml")
    done = recon("watchlist", *asked, "--model", "none", "--store", "place")
    assert done.exit_code == 0, done.stderr
    (archive,) = (tmp_path / "copies").glob("*/archive")
    assert len(list(archive.glob("*.parquet"))) == 1
    assert {path.name for path in Path("place").iterdir()} == {
        "published.json",
        "manifests",
        "tables",
    }


@pytest.mark.parametrize("store", ["s3://desk/recon", "place", "copy"])
def test_ingest_into_what_was_published_is_refused_in_one_line(
    recon: Run, filled: Path, store: str
) -> None:
    if store != "s3://desk/recon":  # which is refused unseen
        recon("publish", "place", "--store", filled)
    if store == "copy":
        recon("status", "--store", "place")
        (copy,) = Path("copies").iterdir()
        store = str(copy)
    done = recon("ingest", ".", "--store", store)
    assert done.exit_code == 2
    assert done.stderr.count("\n") == 1
    assert "a published store is only read" in done.stderr


def test_what_cannot_be_published_to_or_read_is_one_line(recon: Run, filled: Path) -> None:
    for arguments, said in (
        (("publish", "http://desk/recon", "--store", filled), "no such kind of object store"),
        (("publish", "place", "--store", "nowhere"), "there is no store here"),
        (("status", "--store", "s3://who:secret@desk/recon"), "bucket and prefix"),
        (("publish", filled, "--store", filled), "this folder is a store itself"),
    ):
        done = recon(*arguments)
        assert done.exit_code == 2
        assert done.stderr.count("\n") == 1
        assert said in done.stderr
        assert "secret" not in done.stderr
