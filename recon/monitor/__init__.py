"""What a desk monitors around an event besides the list, per candidate and day, point in time.

The name is the desks' own (liquidity monitor, crowding monitor, flow monitor); `signals` and
`watch` are verbs of the command line for other things: orders, and the comparison of two runs.
"""

from recon.monitor.before import run_before
from recon.monitor.flow_lines import funds_now
from recon.monitor.gather import SIGNALS, signals

__all__ = ["SIGNALS", "funds_now", "run_before", "signals"]
