"""Tell repositories and bundles from other files, and find their newest commit."""

import re
from collections.abc import Iterable
from pathlib import Path

from recon.sources.git_command import git, refusal

_BUNDLES = (b"# v2 git bundle\n", b"# v3 git bundle\n")
_BRANCHES = ("HEAD", "refs/heads/main", "refs/heads/master", "refs/remotes/origin/main")
_HEADER = 1024 * 1024
_COMMIT = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")


def is_repository(path: Path) -> bool:
    """Whether a folder is a clone or a bare repository itself, not merely within one."""
    bare = (path / "HEAD").is_file() and (path / "objects").is_dir()
    return bare or (path / ".git").exists()


def is_bundle(path: Path) -> bool:
    """Whether a file begins as a git bundle does."""
    try:
        with path.open("rb") as file:
            return file.read(len(_BUNDLES[0])) in _BUNDLES
    except OSError:
        return False


def newest(path: Path) -> str:
    """Give the id of the newest commit of a repository or bundle.

    Raises
    ------
    RefusedFileError
        If there is none, or a bundle leaves open which it is.
    ReconError
        If git is not installed.
    """
    heads = _refs(path) if path.is_dir() else _bundle_refs(path)
    # A clone of a bundle that does not name its HEAD has none, but it has main.
    for branch in _BRANCHES:
        if branch in heads:
            return heads[branch]
    if len(set(heads.values())) == 1:
        return next(iter(heads.values()))
    raise refusal(path, f"it has {len(heads)} branches and none of them is main")


def git_folder(path: Path) -> Path:
    """Give what git calls the repository: `.git` in a clone, the folder itself if bare."""
    inner = path / ".git"
    return (inner if inner.exists() else path).resolve()


def _refs(path: Path) -> dict[str, str]:
    listed = git(path, git_folder(path), "show-ref", "--head")
    return _by_name(listed.decode("utf-8", "replace").splitlines())


def _bundle_refs(path: Path) -> dict[str, str]:
    with path.open("rb") as file:
        header, end, _ = file.read(_HEADER).partition(b"\n\n")
    lines = header.decode("utf-8", "replace").splitlines()[1:]
    if not end:
        raise refusal(path, "the bundle has no end of its list of branches")
    if any(line.startswith("-") for line in lines):
        raise refusal(path, "the bundle builds on commits that it does not hold")
    return _by_name(line for line in lines if not line.startswith("@"))


def _by_name(refs: Iterable[str]) -> dict[str, str]:
    """Give commits by reference; what is no commit's id might be an option of git's."""
    named = (ref.partition(" ") for ref in refs)
    return {name: commit for commit, _, name in named if _COMMIT.fullmatch(commit)}
