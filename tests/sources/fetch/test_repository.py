"""A repository over file://: cloned once, then only what is new."""

import subprocess
from datetime import date
from pathlib import Path

import pytest

from recon.errors import FetchError
from recon.sources.fetch import Fetched, Patience, choose, fetch, load
from recon.sources.fetch import repository as repository_module

pytestmark = pytest.mark.usefixtures("no_pace")


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=Test", "-c", "user.email=test@example.com"]
    return subprocess.run(
        ["git", "-C", str(folder), *identity, *arguments],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()


def commit(folder: Path, session: str) -> str:
    (folder / "nasdaq").mkdir(exist_ok=True)
    (folder / "nasdaq" / "nasdaq_full_tickers.json").write_text(f'[{{"session": "{session}"}}]')
    git(folder, "add", ".")
    git(folder, "commit", "-m", session)
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture
def upstream(tmp_path: Path) -> Path:
    folder = tmp_path / "upstream" / "US-Stock-Symbols.git"
    folder.mkdir(parents=True)
    git(folder, "init", "-b", "main")
    commit(folder, "2026-04-29")
    return folder


def run(upstream: Path, folder: Path, patience: Patience) -> Fetched:
    base = {"us-stock-symbols": upstream.parent.as_uri()}
    orders = choose(load(base_urls=base), only=("us-stock-symbols",), ciks=(), day=date(2026, 5, 1))
    (done,) = fetch(orders, folder, user_agent=None, patience=patience)
    return done


def test_clone_then_only_what_is_new(upstream: Path, tmp_path: Path, patience: Patience) -> None:
    first = run(upstream, tmp_path / "to", patience)
    assert first.error is None
    assert first.new
    newest = commit(upstream, "2026-04-30")
    assert run(upstream, tmp_path / "to", patience).new
    assert git(first.path, "rev-parse", "main") == newest
    unchanged = run(upstream, tmp_path / "to", patience)
    assert unchanged.error is None
    assert not unchanged.new


def test_a_rewritten_history_is_followed(
    upstream: Path, tmp_path: Path, patience: Patience
) -> None:
    run(upstream, tmp_path / "to", patience)
    git(upstream, "commit", "--amend", "-m", "rewritten")
    done = run(upstream, tmp_path / "to", patience)
    assert git(done.path, "log", "-1", "--format=%s", "main") == "rewritten"


def test_an_interrupted_clone_is_made_again(
    upstream: Path, tmp_path: Path, patience: Patience
) -> None:
    part = tmp_path / "to" / ".us-stock-symbols.git.part"
    part.mkdir(parents=True)
    (part / "HEAD").write_text("torn")
    done = run(upstream, tmp_path / "to", patience)
    assert done.new
    assert not part.exists()


def test_a_missing_repository_is_one_clear_failure(
    upstream: Path, tmp_path: Path, patience: Patience, waits: list[float]
) -> None:
    upstream.rename(upstream.with_name("moved.git"))
    failed = run(upstream, tmp_path / "other", patience)
    assert isinstance(failed.error, FetchError)
    assert "gave up after 4 tries: git:" in str(failed.error)
    assert len(waits) == 3
    assert [p.name for p in (tmp_path / "other").iterdir()] in ([".fetch.lock"], [])


def test_a_folder_that_is_no_clone_is_left_alone(
    upstream: Path, tmp_path: Path, patience: Patience
) -> None:
    own = tmp_path / "to" / "us-stock-symbols.git"
    own.mkdir(parents=True)
    (own / "notes.txt").write_text("mine")
    failed = run(upstream, tmp_path / "to", patience)
    assert "no bare clone" in str(failed.error)
    assert (own / "notes.txt").read_text() == "mine"


def test_without_git_the_failure_says_so(
    upstream: Path, tmp_path: Path, patience: Patience, monkeypatch: pytest.MonkeyPatch
) -> None:
    def absent(*_: object, **__: object) -> None:
        raise FileNotFoundError("git")

    monkeypatch.setattr(repository_module.subprocess, "Popen", absent)
    assert "git is not installed" in str(run(upstream, tmp_path / "to", patience).error)
