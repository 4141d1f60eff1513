"""An S3 server of this machine, for tests; moto keeps its objects in memory."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from pyarrow import fs

BUCKET = "desk"
KEYS = {"AWS_ACCESS_KEY_ID": "who", "AWS_SECRET_ACCESS_KEY": "not-to-be-printed"}
PATIENCE_SECONDS = 60
"""A busy machine starts slowly."""


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Run a server on a free port of loopback; its log goes to the folder."""
    log = folder / "moto.log"
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"],
            stdout=out,
            stderr=out,
            env={name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
        )
    try:
        yield _address(process, log)
    finally:
        process.terminate()
        process.wait()


def environment(endpoint: str) -> dict[str, str]:
    """What a user sets; nothing of this machine's own configuration is looked at."""
    return KEYS | {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }


def files(endpoint: str) -> fs.S3FileSystem:
    """The server's objects, to be looked at and damaged."""
    return fs.S3FileSystem(
        access_key=KEYS["AWS_ACCESS_KEY_ID"],
        secret_key=KEYS["AWS_SECRET_ACCESS_KEY"],
        endpoint_override=endpoint,
        region="us-east-1",
        allow_bucket_creation=True,
    )


def ask_for_keys(endpoint: str, *, after: float) -> None:
    """Have the server check keys after so many requests; it knows none."""
    httpx.post(f"{endpoint}/moto-api/reset-auth", content=str(after)).raise_for_status()


def _address(process: "subprocess.Popen[bytes]", log: Path) -> str:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until and process.poll() is None:
        found = re.search(r"http://127\.0\.0\.1:\d+", log.read_text())
        if found:
            return found[0]
        time.sleep(0.05)
    raise RuntimeError(f"the S3 server did not start: {log.read_text()}")
