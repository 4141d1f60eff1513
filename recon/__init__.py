"""recon predicts and explains the Russell US index reconstitution.

What a notebook or a script begins with stands here: `Store` and `simulate`; `watchlist`, the list
with everything that it rests on; `explain`, one company of it; `signals` and `run_before`, what a
desk watches beside it; `plan`, a backtest; `study`, whether it pays.
Each is imported when it is first used, so that the command line answers at once.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from recon.backtest.plan import plan
    from recon.backtest.study import study
    from recon.monitor import run_before, signals
    from recon.publish.explain import explain
    from recon.publish.whole import watchlist
    from recon.sources.simulated import simulate
    from recon.store import Store

__all__ = [
    "Store",
    "explain",
    "plan",
    "run_before",
    "signals",
    "simulate",
    "study",
    "watchlist",
]

_HOMES: Final = {
    "Store": "recon.store",
    "explain": "recon.publish.explain",
    "plan": "recon.backtest.plan",
    "run_before": "recon.monitor",
    "signals": "recon.monitor",
    "simulate": "recon.sources.simulated",
    "study": "recon.backtest.study",
    "watchlist": "recon.publish.whole",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'recon' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
