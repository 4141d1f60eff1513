"""A place that a team shares: a folder or an object store, read and written a file at a time.

Arrow's own file systems do the work, so nothing is downloaded or installed for it. Credentials
are the usual ones of the object store's own tools, `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`,
`AWS_PROFILE` and so on; `AWS_ENDPOINT_URL` (or `AWS_ENDPOINT_URL_S3`) names another S3 server than
Amazon's. None of them is ever part of an address, a message or a file.

Arrow is brought in where it is needed: every verb imports this module, and few go to such a place.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from recon.errors import InputError, StoreError
from recon.files import write_atomic

SCHEMES: Final = ("s3", "gs", "abfs", "abfss")
"""Object stores that Arrow reads: S3 and what speaks like it, Google's, Azure's."""
PATIENCE_SECONDS: Final = 10
"""For an object store to answer at all."""
ATTEMPTS: Final = 3
"""A request that broke off is made this often."""
_KEYS: Final = "the right AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, with the right to do this"
_ADVICE: Final = {
    "NO_SUCH_BUCKET": "a bucket that exists",
    "NETWORK_CONNECTION": "an object store that answers; AWS_ENDPOINT_URL names it",
    "PERMANENT_REDIRECT": "the bucket's own AWS_REGION",
    "ACCESS_DENIED": _KEYS,
    "INVALID_ACCESS_KEY_ID": _KEYS,
    "INVALID_CLIENT_TOKEN_ID": _KEYS,
    "SIGNATURE_DOES_NOT_MATCH": _KEYS,
}
"""What to do about the answers of an S3 server that users meet."""


def is_remote(address: str) -> bool:
    """Whether an address is of an object store, not a folder's path."""
    return "://" in address


class Place:
    """A folder, or a prefix of an object store.

    Parameters
    ----------
    address : str
        Path of a folder, or such as `s3://bucket/prefix`. Nothing is opened before it is needed.

    Raises
    ------
    InputError
        If no such object store is known, the address names no bucket, or it holds more than
        bucket and prefix: credentials belong in the environment.
    StoreError
        If this build of Arrow lacks the object store.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self.folder = None if is_remote(address) else Path(address)
        self._files, self._root = _open(address)

    def read(self, name: str) -> bytes | None:
        """Give a file's content; None where there is no such file."""
        with self._plainly():
            try:
                with self._files.open_input_file(self._path(name)) as file:
                    content: bytes = file.read()
            except FileNotFoundError:
                return None
        return content

    def size(self, name: str) -> int | None:
        """Give a file's size in bytes; None where there is no such file."""
        with self._plainly():
            found: int | None = self._files.get_file_info(self._path(name)).size
        return found

    def write(self, name: str, content: bytes) -> None:
        """Write a file that appears whole or not at all, over one of the same name."""
        with self._plainly():
            if self.folder is None:
                # An object appears when its upload is complete, and not before.
                with self._files.open_output_stream(self._path(name)) as file:
                    file.write(content)
                return
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomic(path, content)

    def check_bucket(self) -> None:
        """Refuse an object store without the bucket of the address.

        Raises
        ------
        InputError
            If there is no such bucket.
        """
        from pyarrow import fs  # noqa: PLC0415

        bucket = self._root.split("/")[0]
        with self._plainly():
            missing = self._files.get_file_info(bucket).type == fs.FileType.NotFound
        if missing:
            raise InputError(
                "there is no such bucket",
                field="address",
                value=self.address,
                expected=_ADVICE["NO_SUCH_BUCKET"],
            )

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}"

    @contextmanager
    def _plainly(self) -> Iterator[None]:
        """Turn what an object store answers into one line that holds no key."""
        from pyarrow import ArrowException  # noqa: PLC0415

        try:
            yield
        except (OSError, ArrowException) as error:
            code = re.search(r"AWS Error (\w+)", str(error))
            said = code[1] if code else getattr(error, "strerror", None) or type(error).__name__
            raise StoreError(
                f"the place cannot be used ({said})",
                field="address",
                value=self.address,
                expected=_ADVICE.get(said, "a folder or an object store with the right to use it"),
            ) from None


def _open(address: str) -> tuple[Any, str]:
    """Arrow's file system for an address, and the path of the address in it."""
    from pyarrow import ArrowException, fs  # noqa: PLC0415

    if not is_remote(address):
        return fs.LocalFileSystem(), str(Path(address).absolute())
    parts = urlsplit(address)
    if parts.scheme not in SCHEMES:
        raise InputError(
            "no such kind of object store",
            field="address",
            value=f"{parts.scheme}://",
            expected=f"a folder, or one of {', '.join(f'{one}://' for one in SCHEMES)}",
        )
    # Azure's addresses name their container before an @; a secret would follow a colon.
    named = parts.netloc and (parts.scheme.startswith("abfs") or "@" not in parts.netloc)
    if not named or parts.password or parts.query or parts.fragment:
        raise InputError(
            "an address is bucket and prefix and nothing else",
            field="address",
            value=f"{parts.scheme}://…",
            expected="such as s3://bucket/prefix; credentials belong in the environment",
        )
    try:
        if parts.scheme == "s3":
            return _s3(), f"{parts.netloc}{parts.path}".rstrip("/")
        files, root = fs.FileSystem.from_uri(address)
    except (ImportError, NotImplementedError, ArrowException) as error:
        raise StoreError(
            "this build of pyarrow does not know the object store",
            field="address",
            value=address,
            expected="pyarrow from PyPI, which has it",
        ) from error
    return files, root.rstrip("/")


def _s3() -> Any:
    from pyarrow import fs  # noqa: PLC0415

    environment = os.environ
    endpoint = environment.get("AWS_ENDPOINT_URL_S3") or environment.get("AWS_ENDPOINT_URL")
    return fs.S3FileSystem(
        endpoint_override=endpoint,
        connect_timeout=PATIENCE_SECONDS,
        retry_strategy=fs.AwsStandardS3RetryStrategy(max_attempts=ATTEMPTS),
    )
