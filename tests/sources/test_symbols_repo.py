import json
import os
import subprocess
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

import recon.sources
from recon.errors import RefusedFileError
from recon.sources import git_history
from recon.sources.base import Chunk, Seen
from recon.sources.symbols_repo import SOURCE, session_of

TUE, WED, THU = date(2025, 4, 29), date(2025, 4, 30), date(2025, 5, 1)
NIGHTS = {TUE: "2025-04-30T00:24:39Z", WED: "2025-05-01T00:27:57Z", THU: "2025-05-02T00:25:00Z"}


def git(folder: Path, *arguments: str, stamp: str = "2025-01-01T00:00:00Z", data: str = "") -> str:
    environment = {name: text for name, text in os.environ.items() if not name.startswith("GIT_")}
    environment |= {
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        **{f"GIT_{who}_{what}": "tester" for who in ("AUTHOR", "COMMITTER") for what in ("NAME",)},
        **{f"GIT_{who}_EMAIL": "tester@example.com" for who in ("AUTHOR", "COMMITTER")},
        **{f"GIT_{who}_DATE": stamp for who in ("AUTHOR", "COMMITTER")},
    }
    done = subprocess.run(
        ["git", *arguments],
        cwd=folder,
        env=environment,
        input=data,
        text=True,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def new(folder: Path) -> Path:
    folder.mkdir(parents=True)
    git(folder, "init", "-q", "-b", "main")
    return folder


def commit(repo: Path, stamp: str, **lines: list[str] | str) -> str:
    """Commit the symbols of each exchange, or a file's text as it is."""
    for exchange, symbols in lines.items():
        file = repo / exchange / f"{exchange}_full_tickers.json"
        file.parent.mkdir(exist_ok=True)
        quotes = [{"symbol": s, "name": f"{s} Inc.", "lastsale": "$1.5"} for s in symbols]
        file.write_text(symbols if isinstance(symbols, str) else json.dumps(quotes))
    git(repo, "add", "-A")
    git(repo, "commit", "-q", "--allow-empty", "-m", "generated", stamp=stamp)
    return git(repo, "rev-parse", "HEAD")


@pytest.fixture
def repo(tmp_path) -> Path:
    """Three nights: B leaves on Wednesday, C comes on Thursday."""
    repo = new(tmp_path / "symbols")
    commit(repo, NIGHTS[TUE], nyse=["A", "B"], nasdaq=["N"])
    commit(repo, NIGHTS[WED], nyse=["A"], nasdaq=["N", "O"])
    commit(repo, NIGHTS[THU], nyse=["A", "C"], nasdaq=["N", "O", "P"])
    return repo


def read(path: Path, *seen: date) -> list[Chunk]:
    assert SOURCE.recognise(path)
    return list(SOURCE.read(path, Seen(frozenset(seen))))


def quotes(chunks: list[Chunk]) -> list[tuple]:
    rows = pl.concat(chunk.rows for chunk in chunks if chunk.table == "quote")
    return sorted(rows.select("session", "symbol").rows())


def story(chunks: list[Chunk]) -> list[tuple]:
    rows = pl.concat(chunk.rows for chunk in chunks if chunk.table == "listing")
    return sorted(rows.select("session", "symbol", "happening").rows())


WHOLE = [(TUE, "A"), (TUE, "B"), (TUE, "N"), (WED, "A"), (WED, "N"), (WED, "O")] + [
    (THU, symbol) for symbol in "ACNOP"
]


@pytest.mark.parametrize(
    ("stamp", "session"),
    [
        ("2025-05-01T00:27:57", WED),  # 20:27 in New York
        ("2025-04-30T20:30:00", WED),  # half an hour after the close
        ("2025-04-30T13:30:00", WED),  # its open
        ("2025-04-30T13:29:59", TUE),  # the second before
        ("2025-05-03T00:23:00", date(2025, 5, 2)),  # Friday's, on Saturday in UTC
        ("2025-05-04T12:00:00", date(2025, 5, 2)),  # Sunday
        ("2025-05-05T04:00:00", date(2025, 5, 2)),  # the night to Monday
        ("2025-04-19T00:24:00", date(2025, 4, 17)),  # Good Friday evening
        ("2025-01-03T01:00:00", date(2025, 1, 2)),  # winter time
        ("2025-01-03T14:29:00", date(2025, 1, 2)),
        ("2025-01-03T14:30:00", date(2025, 1, 3)),
    ],
)
def test_a_commit_holds_the_last_session_that_opened_before_it(stamp, session):
    assert session_of(datetime.fromisoformat(stamp).replace(tzinfo=UTC)) == session


def test_clone_bare_repository_and_bundle_tell_the_same(tmp_path, repo):
    git(tmp_path, "clone", "-q", "--bare", str(repo), "bare.git")
    git(repo, "bundle", "create", str(tmp_path / "some.file"), "--all")
    git(repo, "worktree", "add", "-q", "--detach", str(tmp_path / "tree"))
    for path in (repo, tmp_path / "bare.git", tmp_path / "some.file", tmp_path / "tree"):
        chunks = read(path)
        assert quotes(chunks) == sorted(WHOLE)
        assert SOURCE.version(path) == git(repo, "rev-parse", "HEAD")
        assert recon.sources.recognise(path) is SOURCE


def test_lines_that_come_and_go(repo):
    assert story(read(repo)) == [
        (TUE, "A", "seen"),
        (TUE, "B", "seen"),
        (TUE, "N", "seen"),
        (WED, "B", "vanished"),
        (WED, "O", "seen"),
        (THU, "C", "seen"),
        (THU, "P", "seen"),
    ]


def test_a_pull_adds_one_session(repo):
    chunks = read(repo, TUE, WED)
    assert quotes(chunks) == [row for row in sorted(WHOLE) if row[0] == THU]
    assert story(chunks) == [(THU, "C", "seen"), (THU, "P", "seen")]


def test_nothing_new_reads_nothing(repo):
    assert list(SOURCE.read(repo, Seen(frozenset((TUE, WED, THU))))) == []


def test_of_two_commits_for_a_session_the_last_before_the_open_counts(repo):
    commit(repo, "2025-05-02T12:00:00Z", nyse=["A", "C", "D"])
    commit(repo, "2025-05-02T13:31:00Z", nyse=["A", "X"])
    symbols = [symbol for session, symbol in quotes(read(repo)) if session == THU]
    assert symbols == ["A", "C", "D", "N", "O", "P"]


def test_a_commit_that_leaves_the_files_alone_is_no_session(repo):
    (repo / "README.md").write_text("Symbols\n")
    commit(repo, "2025-05-05T18:00:00Z")
    assert quotes(read(repo)) == sorted(WHOLE)


def test_a_rebase_does_not_move_the_sessions(repo):
    git(repo, "rebase", "-q", "--force-rebase", "--root", stamp="2025-06-30T12:00:00Z")
    assert quotes(read(repo)) == sorted(WHOLE)


def test_a_merged_history_is_read_whole(repo):
    git(repo, "checkout", "-q", "-b", "mine", "HEAD~1")
    (repo / "notes.txt").write_text("mine\n")
    commit(repo, "2025-05-01T10:00:00Z")
    git(repo, "merge", "-q", "main", "-m", "merge", stamp="2025-05-02T09:00:00Z")
    assert quotes(read(repo)) == sorted(WHOLE)


def test_a_shallow_clone_gives_what_it_has(tmp_path, repo):
    git(tmp_path, "clone", "-q", "--depth", "2", f"file://{repo}", "shallow")
    assert quotes(read(tmp_path / "shallow")) == [r for r in sorted(WHOLE) if r[0] > TUE]


def test_a_clone_without_a_head_is_read_from_main(tmp_path, repo):
    git(repo, "bundle", "create", str(tmp_path / "b"), "main")
    git(tmp_path, "clone", "-q", "--bare", "b", "bare.git")
    git(tmp_path / "bare.git", "symbolic-ref", "HEAD", "refs/heads/elsewhere")
    assert quotes(read(tmp_path / "bare.git")) == sorted(WHOLE)


def test_the_callers_git_settings_do_not_interfere(tmp_path, repo, monkeypatch):
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "nowhere"))
    monkeypatch.setenv("GIT_NAMESPACE", "other")
    assert quotes(read(repo)) == sorted(WHOLE)


def test_other_folders_and_files_are_not_recognised(tmp_path, repo):
    other = new(tmp_path / "other")
    assert not SOURCE.recognise(other)
    (other / "README.md").write_text("x")
    commit(other, NIGHTS[TUE])
    assert not SOURCE.recognise(other)
    assert not SOURCE.recognise(repo / "nyse")
    assert not SOURCE.recognise(repo / "nyse" / "nyse_full_tickers.json")
    assert not SOURCE.recognise(tmp_path / "absent")


def test_a_broken_snapshot_is_quarantined_and_the_others_land(repo):
    commit(repo, "2025-05-03T00:24:00Z", nyse="<html>503</html>")
    chunks = read(repo)
    (odd,) = [row for chunk in chunks for row in chunk.rejected.rows()]
    assert odd[0] == "file|json"
    assert "nyse/nyse_full_tickers.json in commit" in odd[1]
    assert (date(2025, 5, 2), "P") in quotes(chunks)
    assert not [row for row in story(chunks) if row[2] == "vanished" and row[0] > WED]


def refusal(path: Path) -> str:
    with pytest.raises(RefusedFileError) as error:
        list(SOURCE.read(path, Seen()))
    assert "\n" not in str(error.value)
    return str(error.value)


def test_nothing_readable_is_refused(tmp_path):
    repo = new(tmp_path / "r")
    commit(repo, NIGHTS[TUE], nyse="{broken")
    assert "No snapshot can be read" in refusal(repo)


def test_a_huge_file_is_refused_before_it_is_read(repo, monkeypatch):
    monkeypatch.setattr(git_history, "LARGEST_FILE", 1000)
    commit(repo, "2025-05-03T00:24:00Z", amex=" " * 1001)
    assert "has 1001 bytes, more than 1000" in refusal(repo)


def test_a_folder_in_place_of_a_file_is_refused(repo):
    file = repo / "nyse" / "nyse_full_tickers.json"
    file.unlink()
    file.mkdir()
    (file / "x").write_text("[]")
    commit(repo, "2025-05-03T00:24:00Z")
    assert "is no file" in refusal(repo)


def test_a_link_in_place_of_a_file_leads_nowhere(tmp_path):
    repo = new(tmp_path / "r")
    (tmp_path / "secret").write_text('[{"symbol": "SECRET"}]')
    (repo / "nyse").mkdir()
    (repo / "nyse" / "nyse_full_tickers.json").symlink_to(tmp_path / "secret")
    commit(repo, NIGHTS[TUE])
    assert "No snapshot can be read" in refusal(repo)


def test_paths_that_leave_the_repository_write_nothing(tmp_path, repo):
    blob = git(repo, "hash-object", "-w", "--stdin", data="evil")
    tree = git(repo, "mktree", data=f"100644 blob {blob}\tplain\n")
    raw = subprocess.run(
        ["git", "cat-file", "tree", tree], cwd=repo, capture_output=True, check=True
    ).stdout
    evil = tmp_path / "tree"
    evil.write_bytes(raw.replace(b"plain", b"../../evil"))
    bad = git(repo, "hash-object", "-t", "tree", "-w", "--literally", str(evil))
    entries = git(repo, "ls-tree", "HEAD") + f"\n040000 tree {bad}\t..\n"
    whole = git(repo, "mktree", data=entries)
    head = git(repo, "commit-tree", whole, "-p", "HEAD", "-m", "x", stamp="2025-05-03T00:24:00Z")
    git(repo, "update-ref", "refs/heads/main", head)
    before = sorted(tmp_path.rglob("*"))
    assert quotes(read(repo)) == sorted(WHOLE)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_repositorys_own_settings_run_nothing(tmp_path, repo):
    mark = tmp_path / "ran"
    script = tmp_path / "script"
    script.write_text(f"#!/bin/sh\ntouch {mark}\n")
    script.chmod(0o755)
    for name in ("core.fsmonitor", "core.pager", "gpg.program", "core.sshCommand", "diff.external"):
        git(repo, "config", name, str(script))
    git(repo, "config", "log.showSignature", "true")
    git(repo, "config", "core.hooksPath", str(tmp_path))
    assert quotes(read(repo)) == sorted(WHOLE)
    assert not mark.exists()


def test_a_partial_clone_is_refused_and_fetches_nothing(tmp_path, repo):
    git(repo, "config", "uploadpack.allowFilter", "true")
    url = f"file://{repo}"
    git(tmp_path, "clone", "-q", "--bare", "--filter=blob:none", url, "partial.git")
    assert "is missing, as in a partial clone" in refusal(tmp_path / "partial.git")


@pytest.mark.parametrize("stamp", ["1970-01-02T00:00:00Z", "2099-01-01T00:00:00Z"])
def test_a_commit_of_an_impossible_day_is_refused(repo, stamp):
    commit(repo, stamp, nyse=["A"])
    assert "bears a date outside the calendar" in refusal(repo)


def test_a_bundle_that_is_cut_short_is_refused(tmp_path, repo):
    bundle = tmp_path / "bundle"
    git(repo, "bundle", "create", str(bundle), "main")
    content = bundle.read_bytes()
    for size in (20, len(content) // 2, len(content) - 5):
        bundle.write_bytes(content[:size])
        assert "Repository cannot be read" in refusal(bundle)


def test_a_bundle_that_builds_on_other_commits_is_refused(tmp_path, repo):
    git(repo, "bundle", "create", str(tmp_path / "bundle"), "main~1..main")
    assert "builds on commits that it does not hold" in refusal(tmp_path / "bundle")


def test_no_temporary_repository_is_left_behind(repo, tmp_path, monkeypatch):
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(place))
    chunks = SOURCE.read(repo, Seen())
    next(chunks)
    assert list(place.iterdir())
    chunks.close()
    assert not list(place.iterdir())


@pytest.mark.realdata
def test_the_real_bundle_equals_the_prepared_quotes_row_for_row(real_data):
    market = real_data / "market"
    chunks = list(SOURCE.read(market / "us-stock-symbols_2025-04.bundle", Seen()))
    assert all(chunk.rejected.is_empty() for chunk in chunks)
    key = ["session", "exchange", "symbol"]
    prepared = (
        pl.scan_parquet(market / "screener_daily.parquet")
        .filter(pl.col("session").is_between(date(2025, 3, 31), date(2025, 4, 30)))
        .collect()
        .sort(key)
    )
    ours = pl.concat(chunk.rows for chunk in chunks if chunk.table == "quote")
    ours = ours.with_columns(pl.col("exchange").cast(pl.String)).select(prepared.columns).sort(key)
    assert ours.height == 150_995
    assert ours.equals(prepared)


def test_odd_names_links_and_settings_of_a_repository_do_nothing(tmp_path, repo):
    touched = tmp_path / "touched"
    order = f"touch {touched}"
    for name in ("post-checkout", "reference-transaction", "fsmonitor"):
        hook = repo / ".git" / "hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f"#!/bin/sh\n{order}\n")
        hook.chmod(0o755)
    for setting in ("core.fsmonitor", "core.alternateRefsCommand", "core.pager", "uploadpack.hook"):
        git(repo, "config", setting, f"sh -c '{order}'")
    git(repo, "config", "remote.origin.url", f"ext::sh -c '{order}'")
    git(repo, "config", "remote.origin.promisor", "true")
    git(repo, "config", "protocol.ext.allow", "always")
    blob = git(repo, "hash-object", "-w", "--stdin", data="x")
    odd = f"100644 blob {blob}\t..\0" + f"100644 blob {blob}\t.git\0" + f"100644 blob {blob}\tå\n\0"
    tree = git(repo, "mktree", "-z", data=odd)
    whole = git(repo, "ls-tree", "HEAD") + f"\n040000 tree {tree}\tzz\n"
    top = git(repo, "mktree", data=whole)
    head = git(repo, "commit-tree", top, "-p", "HEAD", "-m", "odd", stamp="2025-05-02T00:40:00Z")
    git(repo, "update-ref", "refs/heads/main", head)
    touched.unlink(missing_ok=True)
    assert quotes(read(repo)) == sorted(WHOLE)
    assert not touched.exists()


@pytest.mark.parametrize("mode", ["120000 blob", "160000 commit"])
def test_a_link_or_another_repository_in_the_place_of_a_file_is_no_list(tmp_path, repo, mode):
    target = (
        git(repo, "hash-object", "-w", "--stdin", data="/etc/passwd")
        if "blob" in mode
        else git(repo, "rev-parse", "HEAD")
    )
    inner = git(repo, "mktree", data=f"{mode} {target}\tnyse_full_tickers.json\n")
    top = git(repo, "mktree", data=f"040000 tree {inner}\tnyse\n")
    head = git(repo, "commit-tree", top, "-m", "odd", stamp=NIGHTS[THU])
    git(repo, "update-ref", "refs/heads/main", head)
    said = refusal(repo)
    assert "root:" not in said
