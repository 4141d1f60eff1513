"""A git repository as a bare clone that grows: the first time whole, later only what is new."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from recon.errors import FetchError
from recon.sources.fetch.addresses import Order
from recon.sources.fetch.patience import Means, PassingFailureError, Progress

_BRANCHES = "+refs/heads/*:refs/heads/*"
_PERCENT = re.compile(r"Receiving objects:\s+(\d+)%")


def mirror(order: Order, target: Path, means: Means) -> bool:
    """Clone a repository, or bring the branches of a clone up to date.

    A clone is made under another name and renamed when it is complete; git itself keeps an
    update atomic, ref by ref.

    Parameters
    ----------
    order : Order
        What to bring.
    target : Path
        Folder of the bare clone.
    means : Means
        How long to wait, and whom to tell the percentage of objects received.

    Returns
    -------
    bool
        Whether anything came.

    Raises
    ------
    FetchError
        git is not installed, or fails after all tries, or the folder is no clone.
    """
    try:
        for attempt in means.patience.retrying():
            with attempt:
                means.pace.wait()
                if target.exists():
                    return _update(order, target, means.progress)
                _clone(order, target, means.progress)
    except PassingFailureError as error:
        raise FetchError(
            f"gave up after {means.patience.attempts} tries: {error}", field="url", value=order.url
        ) from error
    return True


def _clone(order: Order, target: Path, progress: Progress) -> None:
    part = target.with_name(f".{target.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    _git(["clone", "--bare", "--progress", "--", order.url, str(part)], order.name, progress)
    part.replace(target)


def _update(order: Order, target: Path, progress: Progress) -> bool:
    if not (target / "HEAD").is_file():
        raise FetchError("the folder is no bare clone", field="folder", value=target)
    before = _branches(target)
    arguments = ["--git-dir", str(target), "fetch", "--progress", "--", order.url, _BRANCHES]
    _git(arguments, order.name, progress)
    return _branches(target) != before


def _branches(target: Path) -> str:
    return subprocess.run(
        ["git", "--git-dir", str(target), "for-each-ref", "refs/heads"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout


def _git(arguments: list[str], name: str, progress: Progress) -> None:
    """Run git without ever asking for a password; report its progress and its last words."""
    last = ""
    try:
        process = subprocess.Popen(
            ["git", "-c", "core.askPass=", "-c", "credential.helper=", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            env={**os.environ, "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"},
        )
    except FileNotFoundError as error:
        raise FetchError("git is not installed", field=name, expected="git on the path") from error
    with process:
        for line in process.stderr or ():
            if found := _PERCENT.search(line):
                progress(name, int(found[1]), 100)
            elif line.strip():
                last = line.strip()
    if process.returncode:
        raise PassingFailureError(f"git: {last}")
