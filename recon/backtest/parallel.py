"""Many tasks at once: the backend is joblib's, so that a cluster takes them by configuration.

Events and moments run side by side, and each of them on one thread: boosting and linear algebra
would else open as many threads as there are cores in every process, and wait for each other. The
limit is set around each task and not in the environment, so it holds in joblib's own processes,
in the threads of a cluster's worker, and here.

A cluster is Dask's own. On each machine, with the same `recon[cluster]` installed:

    dask scheduler --port 8786                         # on one of them
    dask worker tcp://10.0.0.1:8786 --nthreads 1       # on each, once a core
    recon backtest --cluster tcp://10.0.0.1:8786 --store /mnt/recon/store

Feature frames, each with its simulated paths to rank day, the models of a walk-forward and the
event studies go to the workers. A worker opens the store and writes its frames itself, so it must
see both folders, and the user's own rulebook if there is one, under the paths that the caller
gives: a shared mount. A published store (`--store s3://…`) is read from the caller's local copy:
then `RECON_COPIES` names a folder on that mount. A worker that is lost costs its tasks alone,
which the others take up; frames that are done stay done.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from joblib import Parallel, delayed, parallel_config  # type: ignore[import-untyped]
from threadpoolctl import threadpool_limits

from recon.errors import InputError

Progress = Callable[[int, int], None]
"""Called with tasks done and tasks wanted."""
PATIENCE_SECONDS: Final = 10
"""For a cluster's scheduler to answer."""


def each(
    function: Callable[..., Any], tasks: Iterable[tuple[Any, ...]], jobs: int
) -> Iterator[Any]:
    """Give a function's results for many arguments, in the order in which they are ready.

    Parameters
    ----------
    function : callable
        A module's own function, so that another process finds it.
    tasks : iterable of tuple
        Arguments of each call.
    jobs : int
        Processes at once; a cluster takes what it has.
    """
    calls = (delayed(alone)(function, *task) for task in tasks)
    yield from Parallel(n_jobs=jobs, return_as="generator_unordered")(calls)


def alone(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call a function on one thread."""
    with threadpool_limits(limits=1):
        return function(*arguments)


@contextmanager
def cluster(address: str | None) -> Iterator[None]:
    """Send what is computed inside to a Dask cluster; None for this machine's own processes.

    Parameters
    ----------
    address : str or None
        Of the scheduler, such as `tcp://10.0.0.1:8786`. What its workers must have and see stands
        at the head of this module.

    Raises
    ------
    InputError
        If Dask is not installed or no scheduler answers.
    """
    if address is None:
        yield
        return
    try:
        from distributed import Client  # noqa: PLC0415 - an optional dependency
    except ImportError as error:
        raise InputError(
            "Dask is not installed", field="cluster", value=address, expected="recon[cluster]"
        ) from error
    try:
        client = Client(address, timeout=PATIENCE_SECONDS)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise InputError(
            "no scheduler answers here",
            field="cluster",
            value=address,
            expected="the address of a running dask scheduler, such as tcp://10.0.0.1:8786",
        ) from error
    with client, parallel_config(backend="dask"):
        yield
