"""Routes of the list that is served now."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from recon.publish.candidate import Candidate
from recon.publish.explanation import Explanation
from recon.serve import models, models_past
from recon.serve.answers import respond
from recon.serve.book import Book
from recon.serve.queries import CandidateQuery, DemandQuery
from recon.serve.routes.common import USUAL, Name, Nothing


def router(book: Book) -> APIRouter:
    """Give the routes.

    Parameters
    ----------
    book : Book
        What is served.
    """
    routes = APIRouter(tags=["list"], **USUAL)

    @routes.get("/health", response_model=models.Health)
    async def health(request: Request, _: Nothing) -> Response:
        """Whether there is a list, of which data, and whether a newer one is being made."""
        return respond(request, book.health())

    @routes.get("/run", response_model=models.Head)
    async def run(request: Request, _: Nothing) -> Response:
        """Of which event and moment the list is, from which data, and how old they are."""
        return respond(request, book.current().head)

    @routes.get("/candidates", response_model=models.Page[Candidate])
    async def candidates(request: Request, asked: Annotated[CandidateQuery, Query()]) -> Response:
        """Rows of the candidate list: filtered, sorted, in pages that never overlap."""
        edition = book.current()
        return respond(request, await edition.page_of(edition.rows, asked, request.url.path))

    @routes.get("/companies/{symbol:path}", response_model=Explanation)
    async def company(request: Request, symbol: Name, _: Nothing) -> Response:
        """Everything that decides about one company, by any symbol of it in any spelling."""
        return respond(request, await book.current().company(symbol))

    @routes.get("/breakpoints", response_model=models.BreakPoints)
    async def breakpoints(request: Request, _: Nothing) -> Response:
        """Lines of the ranking now, and where the simulation sees them on rank day."""
        return respond(request, book.current().breakpoints)

    @routes.get("/demand", response_model=models.Page[models.DemandRow])
    async def demand(request: Request, asked: Annotated[DemandQuery, Query()]) -> Response:
        """What index funds must trade for each candidate, if it happens and as an expectation."""
        edition = book.current()
        return respond(request, await edition.page_of(edition.demand, asked, request.url.path))

    @routes.get("/funds", response_model=models.Funds)
    async def funds(request: Request, _: Nothing) -> Response:
        """Assets that track each index, as far as they are known, and what they would buy."""
        return respond(request, book.current().funds)

    @routes.get("/score", response_model=models_past.ScoreCard)
    async def score(request: Request, _: Nothing) -> Response:
        """How right the model of the list was on past events."""
        return respond(request, book.current().score)

    @routes.get("/store", response_model=models_past.StoreHolds)
    async def store(request: Request, _: Nothing) -> Response:
        """What the store holds: sources, sessions, gaps, rows set aside."""
        return respond(request, book.current().store)

    return routes
