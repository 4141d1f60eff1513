"""Run git on repositories that nobody has vouched for."""

import os
import subprocess
from pathlib import Path
from typing import Final

from recon.errors import ReconError, RefusedFileError

PATIENCE: Final = 900
"""Seconds that git may take to go through a history: the whole public one takes a minute."""
QUICK: Final = 60
"""Seconds for every other command: who waits longer waits for a pipe to which nobody writes."""
_LONG: Final = frozenset({"log", "bundle"})
"""Commands that go through a history."""
LARGEST_PIECE: Final = "512m"
"""Memory that git may ask for at once, so that a delta cannot announce a file beyond bounds."""


def git(origin: Path, git_folder: Path, *arguments: str) -> bytes:
    """Run git without the settings of the machine and the user.

    Parameters
    ----------
    origin : Path
        What the user named, for messages.
    git_folder : Path
        Repository to run in. Its own settings apply.
    *arguments : str
        Command and arguments.

    Returns
    -------
    bytes
        What git printed.

    Raises
    ------
    RefusedFileError
        If git fails; the line is git's own first.
    ReconError
        If git is not installed.
    """
    patience = PATIENCE if arguments[0] in _LONG else QUICK
    try:
        done = subprocess.run(
            ["git", *arguments],
            env=environment(git_folder),
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=patience,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise refusal(origin, f"git takes longer than {patience} s") from error
    except FileNotFoundError as error:
        raise ReconError(
            "git is not installed", field="file", value=origin, expected="git on the PATH"
        ) from error
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines() or ["no reason given"]
        raise refusal(origin, f"git says: {said[0]}")
    return done.stdout


def environment(git_folder: Path) -> dict[str, str]:
    """Give the environment for git: the caller's, without its `GIT_*` and settings files."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return own | {
        "GIT_DIR": str(git_folder),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_LITERAL_PATHSPECS": "1",
        # Whatever the repository's settings say, nothing is fetched and no program is run for it.
        "GIT_ALLOW_PROTOCOL": "none",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_ALLOC_LIMIT": LARGEST_PIECE,
        "LC_ALL": "C",
    }


def refusal(origin: Path, reason: str) -> RefusedFileError:
    """Say why a repository is not read."""
    return RefusedFileError(
        f"Repository cannot be read ({reason})",
        field="file",
        value=origin,
        expected="a whole clone or bundle of US-Stock-Symbols",
    )
