"""US-Stock-Symbols as users have it: a clone, a bare repository or a bundle, with its history.

The public repository commits the screener's JSON shortly after midnight UTC, so a commit
stamped 2025-05-01T00:27Z holds the session 2025-04-30. Every commit that changed one of the
files is read from the history; what the store holds already is not parsed again, so that a
nightly `git pull` adds one session.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from recon.calendar import session_on_or_before
from recon.errors import InputError, ReconError, RefusedFileError
from recon.sources.base import Chunk, Seen, Source
from recon.sources.full_tickers import PATHS
from recon.sources.git_heads import is_bundle, is_repository, newest
from recon.sources.git_history import History, borrowed
from recon.sources.snapshots import Snapshot, chunks

_NEW_YORK = ZoneInfo("America/New_York")
_OPEN = timedelta(hours=9, minutes=30)


def session_of(stamp: datetime) -> date:
    """Give the session whose close a commit holds: the last that opened before it.

    A commit of the following night, weekend or holiday belongs to the session before; the
    next session begins with its open at 09:30 New York.

    Parameters
    ----------
    stamp : datetime
        Aware moment of the commit.

    Returns
    -------
    date

    Raises
    ------
    InputError
        If no session is known for the moment.
    """
    opened = stamp.astimezone(_NEW_YORK).replace(tzinfo=None) - _OPEN
    return session_on_or_before(opened.date())


def sessions(history: History) -> dict[date, str]:
    """Give the commit of each session, in order of session.

    Of two commits for one session the later counts: it is the last before the next open.

    Raises
    ------
    RefusedFileError
        If a commit is stamped with a day that cannot be.
    """
    found = {}
    for commit in sorted(history.commits(list(PATHS.values())), key=lambda one: one.stamp):
        try:
            found[session_of(commit.stamp)] = commit.id
        except InputError as error:
            raise RefusedFileError(
                f"Commit {commit.id[:12]} bears a date outside the calendar",
                field="file",
                value=history.origin,
                expected="commits stamped at the time of their session",
            ) from error
    return found


def _recognise(path: Path) -> bool:
    try:
        if not path.is_dir():
            return is_bundle(path)
        if not is_repository(path):
            return False
        with borrowed(path) as history:
            return history.holds(list(PATHS.values()))
    except (ReconError, OSError, ValueError):
        return False


def _read(path: Path, seen: Seen) -> Iterator[Chunk]:
    with borrowed(path) as history:
        commits = sessions(history)
        if not commits:
            raise RefusedFileError(
                "Repository does not hold the screener's files",
                field="file",
                value=path,
                expected=" or ".join(PATHS.values()),
            )
        yield from chunks(_snapshots(history, commits, seen))


def _snapshots(history: History, commits: dict[date, str], seen: Seen) -> Iterator[Snapshot]:
    days = list(commits)
    fresh = [day not in seen.sessions for day in days]
    # What changed is a matter of two sessions: beside a fresh one its neighbours are needed.
    beside = zip([*fresh[1:], False], fresh, [False, *fresh[:-1]], strict=True)
    wanted = [
        (day, is_fresh, exchange, path)
        for day, is_fresh, near in zip(days, fresh, beside, strict=True)
        if any(near)
        for exchange, path in PATHS.items()
    ]
    contents = history.contents([(commits[day], path) for day, _, _, path in wanted])
    for (day, is_fresh, exchange, path), content in zip(wanted, contents, strict=True):
        if content is not None:
            origin = f"{path} in commit {commits[day][:12]}"
            yield Snapshot(day, exchange, content, origin, is_fresh)


SOURCE = Source(
    name="us_stock_symbols_git",
    describes="US-Stock-Symbols git repository or bundle (nightly screener)",
    recognise=_recognise,
    read=_read,
    incremental=True,
    version=newest,
)
