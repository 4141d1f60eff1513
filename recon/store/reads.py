"""How anything is read from a generation at one moment: what was known then, typed by contract.

Every query takes the moment; what it may see is in its SQL (`sql/queries`).
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Literal, get_args

import polars as pl

from recon.contracts import CONTRACTS
from recon.errors import InputError
from recon.resources import query
from recon.store.database import reading
from recon.store.generations import Generation

Hindsight = Literal["strict", "slow-facts"]
_HAPPENINGS = {
    "listing": (["symbol", "exchange"], ["symbol", "exchange"]),
    "directory": (["directory", "symbol"], ["directory", "symbol"]),
    "ticker_cik": (["ticker", "cik"], ["ticker"]),
}
"""Key of a life, and the subject for which hindsight stands in."""


class Reads:
    """Queries of one generation at one moment; `recon.store.asof.AsOf` is what others use.

    Parameters
    ----------
    generation : Generation
        Held open for as long as this object lives.
    moment : datetime
        Aware; what is known later is not seen.
    hindsight : {"strict", "slow-facts"}
        Whether earliest later rows may stand in for slow facts.
    precedence : sequence of str
        Sources of the same subject and session, the most trusted first; sources not named
        come after, by name.

    Raises
    ------
    InputError
        If the moment has no time zone or the hindsight no such name.
    """

    def __init__(
        self,
        generation: Generation,
        moment: datetime,
        hindsight: Hindsight,
        precedence: Sequence[str],
    ) -> None:
        if moment.tzinfo is None:
            raise InputError(
                "a moment needs a time zone",
                field="moment",
                value=moment,
                expected="an aware datetime, as recon.calendar.end_of_day returns",
            )
        if hindsight not in get_args(Hindsight):
            raise InputError(
                "no such hindsight",
                field="hindsight",
                value=hindsight,
                expected=" or ".join(get_args(Hindsight)),
            )
        self.moment = moment.astimezone(UTC)
        self.hindsight = hindsight
        self._generation = generation
        self._precedence = list(precedence)

    @property
    def _naive(self) -> datetime:
        """The moment as the database writes it: UTC, without a zone."""
        return self.moment.replace(tzinfo=None)

    @property
    def _slow_facts(self) -> bool:
        return self.hindsight == "slow-facts"

    def _live(self, table: str, *, slow_facts: bool | None = None) -> pl.DataFrame:
        key, subject = _HAPPENINGS[table]
        sql = query("live").format(
            outranked=query("outranked"),
            table=table,
            key=", ".join(key),
            subject=", ".join(subject),
            columns=", ".join(_attributes(table)),
        )
        frame = self._fetch(sql, precedence=self._precedence, slow_facts=bool(slow_facts))
        if slow_facts is None:
            frame = frame.drop("hindsight")
        return self._typed(table, frame)

    def _history(self, table: str) -> pl.DataFrame:
        key, _ = _HAPPENINGS[table]
        sql = query("history").format(
            outranked=query("outranked"),
            table=table,
            key=", ".join(key),
            columns=", ".join(_attributes(table)),
        )
        return self._typed(table, self._fetch(sql, precedence=self._precedence))

    def _rows(self, table: str, condition: str = "TRUE", **parameters: Any) -> pl.DataFrame:
        key = ", ".join(f'"{name}"' for name in CONTRACTS[table].primary_key())
        sql = query("rows").format(table=table, key=key, condition=condition)
        return self._typed(table, self._fetch(sql, precedence=self._precedence, **parameters))

    def _fetch(self, sql: str, **parameters: Any) -> pl.DataFrame:
        with reading(self._generation.file):
            cursor = self._generation.cursor()
            frame: pl.DataFrame = cursor.sql(sql, params={"moment": self._naive, **parameters}).pl()
        return frame

    def _typed(self, table: str, frame: pl.DataFrame) -> pl.DataFrame:
        columns = CONTRACTS[table].columns()
        return frame.cast({name: columns[name].dtype for name in frame.columns if name in columns})


def _attributes(table: str) -> list[str]:
    """Columns of a table of happenings but those that say when."""
    times = ("session", "happening", "known_at")
    return [name for name in CONTRACTS[table].column_names() if name not in times]
