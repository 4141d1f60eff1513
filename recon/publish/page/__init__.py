"""The page: one HTML file that says of an event what the run, its past and its demand say.

`gather` takes figures from a run, `render` lays them out. The file needs nothing from outside.
"""

from recon.publish.page.gather import gather
from recon.publish.page.model import Page
from recon.publish.page.render import render

__all__ = ["Page", "gather", "render"]
