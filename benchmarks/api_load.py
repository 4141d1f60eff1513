"""How fast `recon serve` answers at a constant rate while an ingest runs into the same store.

    python benchmarks/api_load.py --data ../shared/data --store out/store

The store is copied, served by two workers, and read at 200 requests a second for 30 seconds. The
same time, and as long as the load lasts, `recon ingest` takes in the newest sessions of the
screener file again, less one row each round: a new file of known rows, so that each round does
the whole work and publishes a generation, and the list is made anew. Without a market file under
`--data` a market is simulated.

A request's time counts from the moment at which it was due, not from when it could be sent: a
server that stalls is charged with everything that waited (no coordinated omission).
"""

import argparse
import asyncio
import json
import os
import random
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import polars as pl

RECON = [sys.executable, "-m", "recon.cli"]
BASE = "/api/v1"
MARKET = Path("market") / "screener_daily.parquet"
SESSIONS = 400
"""Newest sessions in each file that is taken in: some three million rows of the real market."""
FIRST_LIST = 300
"""Seconds within which the first list must be there."""
CONNECTIONS = 64
BAR_MS = 100.0
"""At the 99th percentile."""


@dataclass
class Load:
    """What came of it: seconds from due to read, of which route, and how often each status."""

    times: list[float] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    said: Counter[str] = field(default_factory=Counter)
    elapsed: float = 0.0


def main() -> int:
    """Measure, print, and exit 1 where the bar is missed."""
    options = _options()
    options.load_before = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="recon-bench-") as folder:
        work = Path(folder)
        data = _data(options.data, work)
        store = _store(options.store, data, work)
        with _served(store, options) as base:
            asyncio.run(_ready(base))
            paths = asyncio.run(_paths(base))
            with _ingesting(store, data, work) as rounds:
                found = asyncio.run(_load(base, paths, options.rate, options.seconds))
                done = len(list(rounds.glob("*.done")))
            health = httpx.get(f"{base}{BASE}/health").json()
    return _report(found, options, done, health)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, help="folder with market/screener_daily.parquet")
    parser.add_argument("--store", type=Path, help="store to copy; else one is filled")
    parser.add_argument("--event", help="as for `recon serve`")
    parser.add_argument("--as-of", help="as for `recon serve`")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--rate", type=float, default=200.0, help="requests a second")
    parser.add_argument("--seconds", type=float, default=30.0)
    return parser.parse_args()


def _data(given: Path | None, work: Path) -> Path:
    if given is not None and (given / MARKET).is_file():
        return given
    subprocess.run([*RECON, "simulate", str(work / "market")], check=True)
    return work / "market"


def _store(given: Path | None, data: Path, work: Path) -> Path:
    store = work / "store"
    if given is not None and given.is_dir():
        shutil.copytree(given, store)
    else:
        subprocess.run(
            [*RECON, "ingest", str(data), "--store", str(store)],
            check=True,
            stdout=subprocess.DEVNULL,
        )
    return store


@contextmanager
def _served(store: Path, options: argparse.Namespace) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [*RECON, "serve", "--store", str(store), "--port", str(port)]
    command += ["--workers", str(options.workers)]
    command += ["--event", options.event] if options.event else []
    command += ["--as-of", options.as_of] if options.as_of else []
    server = subprocess.Popen(command, env=os.environ | {"OMP_NUM_THREADS": "1"})
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(30)


@contextmanager
def _ingesting(store: Path, data: Path, work: Path) -> Iterator[Path]:
    """Take files in, one after the other, until the load is over; each done leaves a mark."""
    rounds = work / "rounds"
    rounds.mkdir()
    market = pl.scan_parquet(data / MARKET)
    days = market.select(pl.col("session").unique().sort()).collect()["session"].tail(SESSIONS)
    newest = market.filter(pl.col("session") >= days[0]).collect()
    newest.write_parquet(rounds / "newest.parquet")
    script = Path(__file__).with_name("ingest_rounds.py")
    process = subprocess.Popen([sys.executable, str(script), str(store), str(rounds)])
    try:
        yield rounds
    finally:
        process.terminate()
        process.wait()


async def _ready(base: str) -> None:
    async with httpx.AsyncClient(base_url=base) as client:
        for _ in range(FIRST_LIST):
            try:
                if (await client.get(f"{BASE}/health")).json()["ready"]:
                    # Each worker says so for itself; the other one has read the same file by now.
                    await asyncio.sleep(3)
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(1)
    raise SystemExit("the first list was not there in time")


async def _paths(base: str) -> list[tuple[int, list[str]]]:
    """What is asked, with weights: a desk that looks at lists, names and the page."""
    async with httpx.AsyncClient(base_url=base) as client:
        listed = (await client.get(f"{BASE}/candidates?size=1000")).json()
        pages = range(1, listed["total"] // 100 + 1)
        symbols = sorted({row["symbol"] for row in listed["items"]})
    return [
        (20, [f"{BASE}/candidates?page={page}" for page in pages]),
        (10, [f"{BASE}/candidates?index=R3000&action={one}" for one in ("add", "delete")]),
        (10, [f"{BASE}/candidates?q={one}&sort=probability" for one in ("inc", "corp", "bank")]),
        (20, [f"{BASE}/companies/{symbol}" for symbol in symbols]),
        (10, [f"{BASE}/demand?page={page}&sort=days_of_volume" for page in pages]),
        (10, [f"{BASE}/run", f"{BASE}/breakpoints", f"{BASE}/funds", f"{BASE}/score"]),
        (10, [f"{BASE}/health"]),
        (5, [f"{BASE}/events", f"{BASE}/archive", f"{BASE}/store", f"{BASE}/openapi.json"]),
        (5, ["/"]),
    ]


async def _load(base: str, paths: list[tuple[int, list[str]]], rate: float, seconds: float) -> Load:
    draw = random.Random(7)  # noqa: S311 - which request comes next
    weights = [weight for weight, _ in paths]
    number = round(rate * seconds)
    chosen = [draw.choice(many) for _, many in draw.choices(paths, weights, k=number)]
    found = Load()
    due: asyncio.Queue[tuple[str, float] | None] = asyncio.Queue()
    readers = [asyncio.create_task(_read(base, due, found)) for _ in range(CONNECTIONS)]
    start = time.perf_counter()
    for i, path in enumerate(chosen):
        moment = start + i / rate
        await asyncio.sleep(max(moment - time.perf_counter(), 0))
        due.put_nowait((path, moment))
    for _ in readers:
        due.put_nowait(None)
    await asyncio.gather(*readers)
    found.elapsed = time.perf_counter() - start
    return found


async def _read(base: str, due: asyncio.Queue[tuple[str, float] | None], found: Load) -> None:
    """Ask over one connection, as plainly as possible: the server needs the processors."""
    host, port = base.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    while (asked := await due.get()) is not None:
        path, moment = asked
        writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        size = re.search(rb"content-length: (\d+)", head)
        await reader.readexactly(int(size[1]) if size else 0)
        found.times.append(time.perf_counter() - moment)
        found.paths.append(path.removeprefix(BASE).split("?")[0].split("/")[1])
        found.said[head[9:12].decode()] += 1
    writer.close()


def _report(found: Load, options: argparse.Namespace, rounds: int, health: dict[str, Any]) -> int:
    milliseconds = np.array(found.times) * 1000
    rate = milliseconds.size / found.elapsed
    p50, p99, longest = (float(np.quantile(milliseconds, q)) for q in (0.5, 0.99, 1.0))
    routes = np.array(found.paths)
    errors = milliseconds.size - found.said["200"]
    told = {
        "requests": milliseconds.size,
        "asked_rate": options.rate,
        "achieved_rate": round(rate, 1),
        "p50_ms": round(p50, 1),
        "p99_ms": round(p99, 1),
        "max_ms": round(longest, 1),
        "p99_ms_by_route": {
            route or "page": round(float(np.quantile(milliseconds[routes == route], 0.99)), 1)
            for route in sorted(set(found.paths))
        },
        "errors": errors,
        "answers": dict(found.said),
        "workers": options.workers,
        "ingests_finished": rounds,
        "generation_served_at_the_end": health["generation"],
        "cores": os.cpu_count(),
        "load_average_before": options.load_before,
        "load_average_after": os.getloadavg()[0],
    }
    print(json.dumps(told, indent=2))  # noqa: T201 - its purpose
    # The last answers come after the last request was due.
    held = rate >= 0.99 * options.rate and p99 < BAR_MS and not errors
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
