"""The type of the fixture `recon`."""

from collections.abc import Callable

from click.testing import Result

Run = Callable[..., Result]
