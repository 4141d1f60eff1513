"""A list whose rows are rendered once, and read in pages."""

from math import ceil
from urllib.parse import urlencode

import orjson
import polars as pl
from fastapi import HTTPException

from recon.serve.answers import Answer, rendered
from recon.serve.queries import CandidateQuery, DemandQuery

Asked = CandidateQuery | DemandQuery


class Table:
    """One list.

    Parameters
    ----------
    frame : pl.DataFrame
        Rows in the order of the list, with the columns that `recon.serve.queries` names.
    name, run_id : str
        Of the list.
    """

    def __init__(self, frame: pl.DataFrame, name: str, run_id: str) -> None:
        self.name = name
        self.run_id = run_id
        self._rows = [orjson.dumps(row) for row in frame.iter_rows(named=True)]
        self._frame = frame.with_row_index("row")

    def page(self, asked: Asked, path: str) -> Answer:
        """Give a page of the rows that fit.

        Parameters
        ----------
        asked : CandidateQuery or DemandQuery
            What was asked.
        path : str
            Of the request, for the link to the following page.

        Raises
        ------
        HTTPException
            404 if there is no such page, 409 if another list is asked for: pages of two lists
            do not fit together.
        """
        if asked.list not in {None, self.name}:
            raise HTTPException(
                409, f"this list has been replaced by {self.name}; begin again with its first page"
            )
        rows = self._chosen(asked)
        pages = max(ceil(len(rows) / asked.size), 1)
        if asked.page > pages:
            raise HTTPException(404, f"there are {pages} pages of this size")
        start = (asked.page - 1) * asked.size
        content = {
            "list": self.name,
            "run_id": self.run_id,
            "total": len(rows),
            "page": asked.page,
            "pages": pages,
            "size": asked.size,
            "next": self._next(asked, path) if asked.page < pages else None,
            "items": [orjson.Fragment(self._rows[row]) for row in rows[start : start + asked.size]],
        }
        return rendered(content, self.name)

    def _chosen(self, asked: Asked) -> list[int]:
        found = self._frame.filter(asked.chosen())
        if asked.sort is not None:
            # Ties keep the order of the list, so that every row is on exactly one page.
            order = [asked.descending, False]
            found = found.sort(asked.sort, "row", descending=order, nulls_last=True)
        return found["row"].to_list()

    def _next(self, asked: Asked, path: str) -> str:
        following = asked.model_copy(update={"page": asked.page + 1, "list": self.name})
        said = following.model_dump(mode="json", exclude_defaults=True)
        return f"{path}?{urlencode({name: _text(value) for name, value in said.items()})}"


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
