"""`recon fetch` against a server on the loopback, then `recon ingest` of what came."""

import threading
from collections.abc import Iterator
from datetime import date
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from run_recon import Run

import recon.cli.clock

DIRECTORY = "Symbol|Security Name|ETF\nAAPL|Apple Inc.|N\nFile Creation Time: 0501202608:00||\n"


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setattr(recon.cli.clock, "today", lambda: date(2026, 5, 1))
    folder = tmp_path / "www" / "dynamic" / "SymDir"
    folder.mkdir(parents=True)
    (folder / "nasdaqlisted.txt").write_text(DIRECTORY)
    (folder / "otherlisted.txt").write_text(f"ACT {DIRECTORY}")
    handler = partial(Quiet, directory=str(tmp_path / "www"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"nasdaqtrader=http://127.0.0.1:{running.server_address[1]}"
        running.shutdown()
        thread.join()


def test_files_come_once_a_day(recon: Run, server: str, tmp_path: Path) -> None:
    arguments = ("fetch", "--to", "got", "--only", "nasdaqtrader", "--base-url", server)
    first = recon(*arguments)
    assert first.exit_code == 0, first.stderr
    assert f"nasdaqlisted: nasdaqlisted_2026-05-01.txt, {len(DIRECTORY)} bytes" in first.stderr
    assert "recon ingest" in first.stderr
    assert (tmp_path / "got" / "otherlisted_2026-05-01.txt").is_file()
    second = recon(*arguments)
    assert second.exit_code == 0
    assert "otherlisted: up to date" in second.stderr


def test_a_failure_is_one_line_and_code_1(recon: Run, server: str) -> None:
    addresses = Path("mine.toml")
    addresses.write_text('[nasdaqtrader.items.otherlisted]\npath = "/moved.txt"\n')
    done = recon(
        *("fetch", "--to", "got", "--only", "nasdaqtrader"),
        *("--base-url", server, "--addresses", addresses),
    )
    assert done.exit_code == 1
    failures = [line for line in done.stderr.splitlines() if "failed" in line]
    assert len(failures) == 1
    assert "404" in failures[0]


def test_the_sec_without_a_contact_is_wrong_use(recon: Run) -> None:
    done = recon("fetch", "--to", "got", "--only", "sec")
    assert done.exit_code == 2
    assert done.stderr.count("RECON_USER_AGENT") == 3


@pytest.mark.parametrize(
    "arguments",
    [
        ("--only", "nobody"),
        ("--cik", "AAPL"),
        ("--base-url", "sec"),
        ("--base-url", "nobody=http://127.0.0.1"),
    ],
)
def test_what_cannot_be_fetched_is_wrong_use(recon: Run, arguments: tuple[str, str]) -> None:
    done = recon("fetch", "--to", "got", *arguments)
    assert done.exit_code == 2
    assert done.stderr.count("\n") == 1
    assert not Path("got").exists()
