"""The live sources, brought from their public addresses as files that ingest recognises.

Addresses are data (`fetch_sources.toml`). Each file carries the day of the fetch in its name;
a file of today that is already there is left alone, a repository is brought up to date.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from filelock import FileLock, Timeout

from recon.errors import FetchError, InputError, ReconError
from recon.sources.fetch.addresses import Order, Provider, choose, load
from recon.sources.fetch.download import download
from recon.sources.fetch.patience import Means, Pace, Patience, Progress
from recon.sources.fetch.repository import mirror

__all__ = ["Fetched", "Order", "Patience", "Progress", "Provider", "choose", "fetch", "load"]


@dataclass(frozen=True, slots=True)
class Fetched:
    """What became of one order.

    Attributes
    ----------
    order : Order
        What was wanted.
    path : Path
        Where it is, or would be.
    new : bool
        Whether anything came; False for what was there already and what failed.
    size : int or None
        Bytes of a file that came.
    error : ReconError or None
        Why it did not come.
    """

    order: Order
    path: Path
    new: bool = False
    size: int | None = None
    error: ReconError | None = None


def fetch(
    orders: Sequence[Order],
    folder: Path,
    *,
    user_agent: str | None,
    progress: Progress = lambda name, done, total: None,
    patience: Patience | None = None,
) -> Iterator[Fetched]:
    """Bring what is ordered into a folder, one after another.

    Parameters
    ----------
    orders : sequence of Order
        From `choose`.
    folder : Path
        Made when absent.
    user_agent : str or None
        Name and contact; an order that requires it fails without it, before any request.
    progress : callable
        Told while a file arrives.
    patience : Patience, optional
        How long to wait.

    Yields
    ------
    Fetched
        One for each order; the failure of one does not stop the others.

    Raises
    ------
    FetchError
        Another process fetches into this folder.
    """
    patience = patience or Patience()
    means: dict[str, Means] = {}
    headers = {"User-Agent": user_agent} if user_agent else {}
    limits = httpx.Timeout(30.0, read=60.0)
    with (
        _locked(folder),
        httpx.Client(headers=headers, timeout=limits, follow_redirects=True) as client,
    ):
        for order in orders:
            if order.provider not in means:
                pace = Pace(order.per_second, patience.sleep)
                means[order.provider] = Means(pace, patience, progress)
            target = folder / order.file
            try:
                if order.user_agent_required and not user_agent:
                    raise InputError(
                        "this provider refuses readers that do not name a contact",
                        field="RECON_USER_AGENT",
                        expected='for instance "Example Desk desk@example.com", in the '
                        "environment or as user_agent in recon.toml",
                    )
                yield _bring(client, order, target, means[order.provider])
            except ReconError as error:
                yield Fetched(order, target, error=error)


def _bring(client: httpx.Client, order: Order, target: Path, means: Means) -> Fetched:
    if order.kind == "repository":
        came = mirror(order, target, means)
        return Fetched(order, target, new=came)
    if target.exists():
        return Fetched(order, target)
    target.parent.mkdir(parents=True, exist_ok=True)
    size = download(client, order, target, means)
    return Fetched(order, target, new=True, size=size)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / ".fetch.lock", timeout=0)
        lock.acquire()
    except Timeout as error:
        raise FetchError(
            "another process fetches into this folder", field="--to", value=folder
        ) from error
    except OSError as error:
        raise InputError("cannot write into this folder", field="--to", value=folder) from error
    try:
        yield
    finally:
        lock.release()
