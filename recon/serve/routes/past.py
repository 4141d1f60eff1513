"""Routes of events and of archived runs."""

from functools import lru_cache, partial
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response

from recon.calendar import Event, event, events
from recon.calendar.event import Kind
from recon.publish.archive import about
from recon.publish.candidate import Candidate
from recon.serve import models, models_past
from recon.serve.answers import Answer, rendered, respond
from recon.serve.book import Book
from recon.serve.kept import worked
from recon.serve.queries import ArchiveQuery, CandidateQuery, DiffQuery, EventQuery
from recon.serve.routes.common import USUAL, Name, Nothing
from recon.serve.shelf import Shelf

RANGES: Final = 64
"""Answers about ranges of years that are kept."""


def router(book: Book, shelf: Shelf) -> APIRouter:
    """Give the routes.

    Parameters
    ----------
    book : Book
        What is served, for a comparison with it.
    shelf : Shelf
        The archive.
    """
    routes = APIRouter(**USUAL)

    @routes.get("/events", response_model=models_past.Events, tags=["calendar"])
    async def calendar(request: Request, asked: Annotated[EventQuery, Query()]) -> Response:
        """Events and their dates, each with whether a document states it."""
        return respond(request, _events(asked.first, asked.last, asked.kind))

    @routes.get("/events/{name}", response_model=Event, tags=["calendar"])
    async def one_event(request: Request, name: Name, _: Nothing) -> Response:
        """One event: `2026-06`, `ipo:2025-12`, `shadow:2025-11`."""
        return respond(request, rendered(event(name).model_dump()))

    @routes.get("/archive", response_model=models_past.ArchivedRuns, tags=["archive"])
    async def archive(request: Request, asked: Annotated[ArchiveQuery, Query()]) -> Response:
        """Runs that were archived, by event and moment."""
        return respond(request, await worked(partial(_archived, shelf, asked)))

    @routes.get("/archive/{name}", response_model=models_past.ArchivedRun, tags=["archive"])
    async def one_run(request: Request, name: Name, _: Nothing) -> Response:
        """One archived run."""
        found = await worked(partial(shelf.run, name))
        return respond(request, rendered(about(found), name))

    @routes.get(
        "/archive/{name}/candidates", response_model=models.Page[Candidate], tags=["archive"]
    )
    async def archived_candidates(
        request: Request, name: Name, asked: Annotated[CandidateQuery, Query()]
    ) -> Response:
        """Rows of an archived list, as they were said."""

        def page() -> Answer:
            return shelf.table(name).page(asked, request.url.path)

        return respond(request, await worked(page))

    @routes.get("/diff", response_model=models_past.Diff, tags=["archive"])
    async def diff(request: Request, asked: Annotated[DiffQuery, Query()]) -> Response:
        """What changed from an archived run to another, or to the list that is served."""
        after, rows = asked.after, None
        if after is None:
            edition = book.current()
            after, rows = edition.name, edition.listing.rows
        found = partial(shelf.diff, asked.before, after, rows, asked.threshold)
        return respond(request, await worked(found))

    return routes


@lru_cache(RANGES)
def _events(first: int, last: int, kind: Kind | None) -> Answer:
    named = events(first, last) if kind is None else events(first, last, [kind])
    found = [one.model_dump() for one in named]
    return rendered({"total": len(found), "items": found})


def _archived(shelf: Shelf, asked: ArchiveQuery) -> Answer:
    wanted = None if asked.event is None else event(asked.event).id
    found = [
        about(one)
        for one in shelf.runs().values()
        if wanted in {None, one.event} and asked.as_of in {None, one.as_of}
    ]
    return rendered({"total": len(found), "items": found})
