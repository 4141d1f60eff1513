"""The application: routes, errors in one shape, and the guard before all of it."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Final

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from recon.errors import InputError, ReconError, UnknownEventError, UnknownSymbolError
from recon.serve import BASE
from recon.serve.answers import problem, rendered, respond
from recon.serve.book import Book
from recon.serve.guard import Access, Guard
from recon.serve.routes import past, present
from recon.serve.routes.common import Nothing
from recon.serve.shelf import Shelf

_LOG = logging.getLogger("uvicorn.error")
ABOUT: Final = (
    "The candidate list of a Russell reconstitution, as `recon watchlist` makes it, with the "
    "reasons for every name. Read-only: nothing but GET and HEAD does anything. Every answer has "
    "a strong ETag; every error is `application/problem+json`. An unknown query parameter is an "
    "error. Money is in USD, probabilities and weights are fractions."
)


def application(book: Book, archive: Path, access: Access) -> FastAPI:
    """Put the server together.

    Parameters
    ----------
    book : Book
        What is served; watched while the application runs.
    archive : Path
        `Store.archive`.
    access : Access
        Who may ask.
    """
    app = FastAPI(
        title="recon",
        version="1",
        description=ABOUT,
        # Its pages of documentation load scripts from elsewhere; the description itself is served.
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        lifespan=_watching(book),
        exception_handlers={
            HTTPException: _said,
            RequestValidationError: _misfit,
            ReconError: _refused,
            Exception: _unexpected,
        },
    )
    app.add_middleware(Guard, access=access)
    app.include_router(present.router(book), prefix=BASE)
    app.include_router(past.router(book, Shelf(archive)), prefix=BASE)

    @app.get("/", include_in_schema=False)
    async def page(request: Request, _: Nothing) -> Response:
        return respond(request, book.current().page)

    described = rendered(app.openapi())

    @app.get(f"{BASE}/openapi.json", include_in_schema=False)
    async def openapi(request: Request, _: Nothing) -> Response:
        return respond(request, described)

    return app


def _watching(book: Book) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        task = asyncio.create_task(book.watch())
        yield
        book.stop()
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    return lifespan


async def _said(_request: Request, error: HTTPException) -> Response:
    """Turn what a route or the router refuses into a problem."""
    return problem(error.status_code, error.detail, headers=dict(error.headers or {}))


async def _misfit(_request: Request, error: RequestValidationError) -> Response:
    """Name each parameter that does not fit, and say what would."""
    said = tuple(_misfitting(one) for one in error.errors())
    return problem(422, "; ".join(said), errors=said)


def _misfitting(one: dict[str, Any]) -> str:
    name = str(one["loc"][-1])
    if one["type"] == "extra_forbidden":
        return f"{name}: no such parameter"
    return f"{name}: {one['msg']}"


async def _refused(_request: Request, error: ReconError) -> Response:
    """Say what the reader did wrong; of this machine's own trouble, only that there is some."""
    if not isinstance(error, InputError):
        _LOG.error("%s", error)
        return problem(500, error.message)
    unknown = isinstance(error, UnknownSymbolError | UnknownEventError)
    expected = f"; expected {error.expected}" if error.expected else ""
    return problem(404 if unknown else 422, f"{error.message}{expected}")


async def _unexpected(_request: Request, _error: Exception) -> Response:
    """Say nothing of what went wrong; the server's own output has the traceback."""
    return problem(500, "the server failed at this; its own output says how")
