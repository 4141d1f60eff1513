"""One row of the report: what recon takes, what it is held against, and the bar."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

Side = Literal["recon", "beside"]


@dataclass(frozen=True)
class Row:
    """A work that is measured.

    Attributes
    ----------
    name : str
        What it is.
    bar : str
        What is asked for, e.g. `<= 5 x` (of recon's time over the other's), `>= 5 x` (of the
        other's over recon's) or `<= 1 s`; empty where nothing is.
    rounds : int
        Times that it is done; a warm-up before them is not counted.
    """

    name: str
    bar: str = ""
    rounds: int = 5


def timed(
    benchmark: Any,
    work: Callable[..., Any],
    row: Row,
    side: Side = "recon",
    *,
    setup: Callable[[], tuple[tuple[Any, ...], dict[str, Any]]] | None = None,
) -> Any:
    """Time one side of a row.

    Parameters
    ----------
    benchmark : fixture
        Of pytest-benchmark.
    work : callable
        What is timed; gets what `setup` gives.
    row : Row
        The work; the same for both sides.
    side : {"recon", "beside"}
        Whose time it is.
    setup : callable, optional
        Run before each round, not timed.

    Returns
    -------
    object
        What the work gave.
    """
    benchmark.group = row.name
    benchmark.extra_info.update(side=side, bar=row.bar)
    warm = 1 if setup is None else 0
    return benchmark.pedantic(
        work, setup=setup, rounds=row.rounds, warmup_rounds=warm, iterations=1
    )
