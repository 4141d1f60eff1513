"""Run Python in a process of its own and see how much memory it took (Unix)."""

import subprocess
import sys

KIBIBYTES = 2**20
"""In a GiB, as the system counts resident memory."""
LAUNCH = """
import resource, subprocess, sys
done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
sys.exit(done.returncode)
"""
"""A process counts as its own what its parent held when it was born, so a small one begets it."""


def run_alone(*arguments: object) -> float:
    """Run Python with arguments and give the most memory that it held, in GiB."""
    command = [sys.executable, "-S", "-c", LAUNCH, sys.executable, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
    return int(done.stderr.split()[-1]) / KIBIBYTES
