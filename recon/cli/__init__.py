"""The command line: thin verbs over the rooms to the left of it.

Only this package reads the clock. A verb's module is imported when the verb is used, so that
`recon --help` answers at once.
"""

from recon.cli.app import main

__all__ = ["main"]
