"""`recon serve` as a user calls it."""

import os
import signal
import socket
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner, Result
from simulated_market import LAST as DAY

from recon.cli import clock, main, serving
from recon.cli.serving import TOKEN, TOLD, Wanted, worker
from recon.sources.simulated import simulate
from recon.store import Store

SECRET = "0123456789abcdef" * 2


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("STORE", "DATA", "RULEBOOK", "ASSETS", "TOKEN", "SERVING"):
        monkeypatch.setenv(f"RECON_{name}", "")  # so that what the verb sets goes again
        monkeypatch.delenv(f"RECON_{name}")
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the server would have been started with."""
    calls: list[dict[str, Any]] = []

    def run(app: str, **how: Any) -> None:
        calls.append({"app": app, "wanted": Wanted.model_validate_json(os.environ[TOLD]), **how})
        assert calls[-1]["wanted"].folder.stat().st_mode & 0o777 == 0o700

    monkeypatch.setattr("uvicorn.run", run)
    return calls


def serve(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["serve", *(str(one) for one in arguments)])


def test_it_starts_workers_that_know_what_to_serve(
    wanted: Wanted, started: list[dict[str, Any]]
) -> None:
    done = serve("--store", wanted.store, "--event", "2025-06", "--port", 8123, "--workers", 3)
    assert done.exit_code == 0, done.output
    (how,) = started
    assert how["app"] == "recon.cli.serving:worker"
    assert (how["host"], how["port"], how["workers"]) == ("127.0.0.1", 8123, 3)
    assert (how["server_header"], how["proxy_headers"], how["access_log"]) == (False,) * 3
    assert (how["wanted"].store, how["wanted"].event) == (wanted.store, "2025-06")
    assert "http://127.0.0.1:8123/" in done.stderr
    assert not how["wanted"].folder.exists()
    assert worker().title == "recon"


def test_beyond_the_loopback_a_token_comes_from_a_file_or_the_environment(
    wanted: Wanted,
    started: list[dict[str, Any]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    arguments = ("--store", wanted.store, "--host", "0.0.0.0")
    done = serve(*arguments)
    assert (done.exit_code, done.stderr.count("\n")) == (2, 1)
    assert "RECON_TOKEN" in done.stderr
    (tmp_path / "token").write_text(f"{SECRET}\n")
    assert serve(*arguments, "--token-file", tmp_path / "token").exit_code == 0
    assert os.environ[TOKEN] == SECRET
    monkeypatch.setenv(TOKEN, SECRET)
    done = serve(*arguments)
    assert done.exit_code == 0
    assert SECRET not in done.output
    monkeypatch.setenv(TOKEN, "short")
    assert serve(*arguments).exit_code == 2
    assert len(started) == 2


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--store", "nowhere"), "there is no store here"),
        (("--event", "2025-13"), "No such event"),
        (("--event", "2024-06"), "took effect before the moment"),
        (("--model", "nowhere"), "no such folder of models"),
        (("--assets", "nowhere.csv"), "no such table of assets"),
        (("--token-file", "nowhere"), "the token cannot be read"),
    ],
)
def test_wrong_use_is_one_line_before_anything_starts(
    wanted: Wanted, started: list[dict[str, Any]], arguments: tuple[str, ...], says: str
) -> None:
    done = serve("--store", wanted.store, *arguments)
    assert (done.exit_code, done.stderr.count("\n")) == (2, 1)
    assert says in done.stderr
    assert not started


def test_without_the_extra_it_says_how_to_install_it(
    wanted: Wanted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recon.cli.serve.find_spec", lambda _: None)
    done = serve("--store", wanted.store)
    assert (done.exit_code, done.stderr.count("\n")) == (2, 1)
    assert "pip install 'recon[serve]'" in done.stderr


def test_other_verbs_and_the_help_load_no_server() -> None:
    code = (
        "import sys; import recon.cli.app, recon.cli.serve, recon.cli.watchlist\n"
        "sys.exit(any(name in sys.modules for name in ('fastapi', 'uvicorn', 'starlette')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_listing_changes_with_the_store_and_the_day(
    wanted: Wanted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    simulate(tmp_path / "market", first=date(2025, 3, 3), last=DAY, companies=100)
    own = wanted.model_copy(update={"store": tmp_path / "store", "models": "none"})
    monkeypatch.setattr(clock, "today", lambda: date(2025, 5, 5))
    with Store(own.store) as store:
        store.ingest([tmp_path / "market" / "market"])
    first = own.key()
    monkeypatch.setattr(clock, "today", lambda: date(2025, 5, 6))
    assert own.key() != first
    monkeypatch.setattr(clock, "today", lambda: date(2025, 5, 5))
    assert own.key() == first

    whole = serving.whole_list

    def published_meanwhile(*arguments: Any) -> Any:
        with Store(own.store) as other:
            other.ingest([tmp_path / "market"])
        return whole(*arguments)

    monkeypatch.setattr(serving, "whole_list", published_meanwhile)
    listing = own().listing
    # Another generation came while it was made; all of it is of the one that it began with.
    assert (listing.generation, listing.status.generation) == (1, 1)
    assert not listing.run.membership.snapshots
    assert own.key() != first


def test_two_workers_serve_and_stop(wanted: Wanted) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "recon.cli", "serve", "--store", wanted.store, "--event"]
    command += ["2025-06", "--rulebook", wanted.rulebook, "--port", port, "--workers", 2]
    server = subprocess.Popen(
        [str(one) for one in command], stderr=subprocess.PIPE, start_new_session=True, text=True
    )
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}/api/v1") as client:
            for _ in range(600):
                try:
                    if client.get("/health").json()["ready"]:
                        break
                except httpx.TransportError:
                    assert server.poll() is None
                time.sleep(0.1)
            assert client.get("/run").json()["simulated"] is True
            assert client.get("/run").headers.get("server") is None
            assert client.delete("/run").status_code == 405
    finally:
        os.killpg(server.pid, signal.SIGINT)
        said = server.communicate(timeout=30)[1]
    assert "Traceback" not in said
