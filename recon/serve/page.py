"""The page of a listing: the one place from which HTML comes."""

from html import escape

from recon.serve import BASE
from recon.serve.listing import Listing

LINKS = ("run", "candidates", "breakpoints", "demand", "funds", "score", "archive", "openapi.json")
"""What the index leads to."""


def page_html(listing: Listing) -> str:
    """Render the page of a listing.

    Called where the listing is made, in the making process, so it may take its time.

    Parameters
    ----------
    listing : Listing
        Complete but for its `page`.

    Returns
    -------
    str
        A whole document that loads nothing from elsewhere.
    """
    title = escape(f"recon: {listing.run.event.id} as of {listing.run.as_of}")
    words = "".join(f"<li>{escape(one)}</li>" for one in listing.words)
    links = "".join(f'<li><a href="{BASE}/{name}">{name}</a></li>' for name in LINKS)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f"<title>{title}</title></head>"
        f"<body><h1>{title}</h1><ul>{words}</ul><h2>Data</h2><ul>{links}</ul></body></html>"
    )
