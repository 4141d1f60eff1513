"""What all routes share: where they are, the errors that they may give, single parameters."""

from typing import Annotated, Any, Final

from fastapi import Depends, HTTPException, Path, Query, Request

from recon.serve import queries
from recon.serve.answers import PROBLEM, Problem


def once(request: Request) -> None:
    """Refuse a parameter that is given twice: one of the two would be left out in silence.

    Raises
    ------
    HTTPException
        422.
    """
    names = [name for name, _ in request.query_params.multi_items()]
    if len(set(names)) < len(names):
        raise HTTPException(422, "a parameter is given more than once")


def _problem(why: str) -> dict[str, Any]:
    return {"description": why, "content": {PROBLEM: {"schema": Problem.model_json_schema()}}}


PROBLEMS: Final[dict[int | str, dict[str, Any]]] = {
    304: {"description": "What the reader has under If-None-Match still holds"},
    400: _problem("The Host header names no loopback"),
    401: _problem("A token is asked for"),
    404: _problem("There is no such thing"),
    405: _problem("Nothing can be changed"),
    409: _problem("The list has been replaced"),
    422: _problem("A parameter does not fit, or is none"),
    500: _problem("The server failed"),
    503: _problem("The first list is still being made"),
}
"""Of every route, for OpenAPI."""
USUAL: Final[dict[str, Any]] = {"dependencies": [Depends(once)], "responses": PROBLEMS}
"""Arguments of every router."""

Nothing = Annotated[queries.Query, Query()]
"""No parameters: what is given all the same is refused."""
Name = Annotated[str, Path(max_length=300)]
"""Of an archived run, an event or a line: looked up, never a path."""
