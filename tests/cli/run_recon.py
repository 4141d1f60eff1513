"""The type of the fixture `recon`, and ranks that suit the fixture `filled`."""

from collections.abc import Callable

from click.testing import Result

Run = Callable[..., Result]

RANKS = """
[ranks]
top_50 = 5
top_200 = 10
top_500 = 15
russell_1000 = 30
microcap_high = 50
russell_3000 = 80
russell_3000e = 100
"""
