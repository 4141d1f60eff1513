"""Files that appear whole or not at all."""

import os
import tempfile
from pathlib import Path

from recon.errors import InputError


def write_atomic(path: Path, content: bytes) -> None:
    """Write a file beside its place, bring it to the disk, then move it there in one step.

    Whoever reads `path` sees the old content or the new, never a part; a failure leaves the
    old one and no other trace.

    Parameters
    ----------
    path : Path
        The file; its folder exists.
    content : bytes
        All of it.

    Raises
    ------
    InputError
        The folder does not exist, cannot be written to, or `path` is a folder.
    """
    if path.is_dir():
        raise InputError("this is a folder", field="output", value=path, expected="a file")
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise InputError(
            f"cannot write here: {error.strerror}", field="output", value=path
        ) from error
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(_mode(path))
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _mode(path: Path) -> int:
    """Mode of the file that is replaced, else what the user's mask leaves of 0666."""
    if path.exists():
        return path.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
