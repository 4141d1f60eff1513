"""The page as one HTML document that loads nothing.

Its security policy forbids every request, and every script and style but its own two, which are
named by their hashes. Texts from outside (a company's name is one) reach it through a template that
escapes them, or as data that holds no markup.
"""

import base64
import hashlib
from pathlib import Path
from typing import Any, Final

import orjson
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from recon.publish.head import away, notes
from recon.publish.page import cells
from recon.publish.page.facts import members, sure, title
from recon.publish.page.model import Page
from recon.publish.page.past_charts import hits, reliability
from recon.publish.page.record import scores
from recon.publish.page.run_charts import demand, ranking
from recon.publish.page.told import told
from recon.publish.sides import STAND_IN
from recon.publish.words import money, percent

ASSETS: Final = Path(__file__).parent / "assets"


def render(page: Page) -> str:
    """Lay the page out.

    Parameters
    ----------
    page : Page
        As from `recon.publish.page.gather.gather`.

    Returns
    -------
    str
        HTML, equal for equal pages.
    """
    style, script = (_asset(name) for name in ("page.css", "page.js"))
    record = page.record
    return _ENVIRONMENT.get_template("page.html").render(
        page=page,
        run=page.run,
        policy=policy(script, style),
        style=Markup(style),  # noqa: S704 - our own file
        script=Markup(script),  # noqa: S704 - our own file
        data=data({**told(page.reasons), "rows": cells.values(page)}),
        title=title(page.run),
        facts=sure(page),
        notes=notes(page.run),
        members=members(page.run),
        columns=cells.columns(page),
        candidates=cells.candidates(page),
        ranking=ranking(page),
        demand=demand(page),
        reliability=reliability(record) if record and record.bins.height else [],
        hits=hits(record, page.run.hindsight) if record else [],
        scores=scores(record, page.run.hindsight) if record else [],
        stand_in=STAND_IN,
    )


def policy(script: str, style: str) -> str:
    """Content security policy under which nothing is loaded and only these two run."""
    return (
        f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(style)}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def data(content: Any) -> Markup:
    """JSON that can stand within a script element: nothing in it ends or opens an element."""
    text = orjson.dumps(content).decode()
    # Only texts hold these, and there JSON allows the escape.
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)  # noqa: S704 - what could be markup has just gone


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _asset(name: str) -> str:
    return (ASSETS / name).read_text(encoding="utf-8")


_ENVIRONMENT: Final = Environment(
    loader=FileSystemLoader(ASSETS),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ENVIRONMENT.filters |= {
    "money": money,
    "percent": percent,
    "away": away,
    "drawn": Markup,  # a chart's SVG, in which every text is escaped
}
