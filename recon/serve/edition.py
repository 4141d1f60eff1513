"""What readers see of one listing, rendered once for all of them.

Whatever everybody asks for is rendered where the edition is made, in the making process, so that
a worker only reads it: every company of the list too, as explaining a thousand at once takes
seconds. What few ask for, a page of a filtered list or a company beyond the list, is rendered when
it is first asked for, and kept while the edition lasts, as far as there is room.
"""

from collections.abc import Iterable
from functools import partial
from typing import Any, Final

from fastapi import HTTPException

from recon.publish.explain import explain
from recon.publish.explanation import Explanation
from recon.serve.answers import HTML, Answer, answer, rendered
from recon.serve.kept import Kept
from recon.serve.listing import Listing
from recon.serve.table import Asked, Table

PAGES: Final = 256
"""Pages of lists kept: some 30 MB at a hundred rows."""
COMPANIES: Final = 2048
"""Explanations kept: some 20 MB."""


class Edition:
    """A listing, ready to be read.

    Parameters
    ----------
    listing : Listing
        What it shows.
    explained : iterable of Explanation
        Of the companies of its list, as from `recon.publish.explain.explain_all`.
    """

    def __init__(self, listing: Listing, explained: Iterable[Explanation] = ()) -> None:
        self.listing = listing
        self.generation = listing.generation
        self.name, self.run_id = listing.name, listing.run.run_id
        self.head = self._answer(listing.head())
        self.breakpoints = self._answer(
            self._about() | {"session": listing.run.session, "items": listing.breakpoints()}
        )
        self.funds = self._answer(self._about() | {"items": listing.funds.to_dicts()})
        self.store = self._answer(listing.store())
        self.page = answer(listing.page.encode(), self.name, HTML)
        self.rows = Table(listing.rows, self.name, self.run_id)
        self.demand = Table(listing.demand_rows, self.name, self.run_id)
        self._pages, self._companies = Kept(PAGES), Kept(COMPANIES)
        self._listed = {one.symbol: self._said(one) for one in explained}

    async def page_of(self, table: Table, asked: Asked, path: str) -> Answer:
        """Give a page of `rows` or `demand`, as `Table.page`."""
        return await self._pages.get((path, asked), partial(table.page, asked, path))

    async def company(self, text: str) -> Answer:
        """Explain the company of a line, as `recon.publish.explain.explain`."""
        return self._listed.get(text) or await self._companies.get(
            text, partial(self._explained, text)
        )

    @property
    def score(self) -> Answer:
        """Score card of the model.

        Raises
        ------
        HTTPException
            404 if none is stored.
        """
        card = self.listing.card
        if card is None or not card.scores:
            raise HTTPException(404, f"no score card is stored of {self.listing.model_version}")
        said = card.model_dump(
            include={"events", "hindsight", "leads", "labels_known_at", "rows", "changes", "scores"}
        )
        return self._answer({"model": card.name} | said)

    def _explained(self, text: str) -> Answer:
        return self._said(explain(self.listing.run, text, self.listing.outlook))

    def _said(self, found: Explanation) -> Answer:
        return answer(found.model_dump_json().encode(), self.name)

    def _about(self) -> dict[str, Any]:
        return {"list": self.name, "run_id": self.run_id}

    def _answer(self, content: Any) -> Answer:
        return rendered(content, self.name)
