"""What each worker of `recon serve` runs, and how it makes an edition."""

import os
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

import polars as pl
from pydantic import BaseModel, ConfigDict

from recon.cli import clock
from recon.cli.foresight import foresee, models_folder, whole_list
from recon.cli.options import open_store
from recon.cli.report import page_of
from recon.demand.assets import read_assets
from recon.forecast.card import ModelCard, read_card
from recon.forecast.outlook import Outlook
from recon.pipeline import asked_event
from recon.publish import freshness
from recon.publish.archive import name_of
from recon.publish.head import head
from recon.publish.page import render
from recon.rulebook import load
from recon.serve.edition import Edition
from recon.serve.listing import Listing
from recon.store import Hindsight

if TYPE_CHECKING:
    from fastapi import FastAPI

TOLD: Final = "RECON_SERVING"
"""Environment variable through which the verb tells its workers what to serve."""
TOKEN: Final = "RECON_TOKEN"  # noqa: S105 - the name of a variable
"""Environment variable of the token that readers must bear."""


class Wanted(BaseModel):
    """What is served, and where.

    Attributes
    ----------
    store, folder : Path
        The store, and where workers put what they make.
    host : str
        Name or address listened on.
    event, as_of, hindsight, models, rulebook, assets
        As the options of every verb that makes a list; `event` and `as_of` are null for the
        defaults, which move on with the store.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    store: Path
    folder: Path
    host: str
    event: str | None
    as_of: date | None
    hindsight: Hindsight
    models: str
    rulebook: Path | None
    assets: Path | None

    def check(self) -> None:
        """Find at once what would keep every edition from being made.

        Raises
        ------
        InputError
            If there is no store, or an option means nothing.
        """
        with open_store(self.store) as opened:
            day = self.as_of or opened.newest_session()
        load(asked_event(self.event, day), self.rulebook, as_of=day)
        models_folder(self.models)
        read_assets(self.assets)

    def key(self) -> str:
        """Say what changes an edition: the store's generation, and the day that ages count from."""
        with open_store(self.store) as opened:
            return f"{opened.newest}_{clock.today()}"

    def __call__(self) -> Edition:
        """Make the edition, all of it from one generation."""
        today = clock.today()
        with open_store(self.store) as opened:
            generation = opened.pin()
            done, said = foresee(
                opened,
                self.event,
                self.as_of,
                self.hindsight,
                models=self.models,
                rulebook=self.rulebook,
            )
            rows, trades = whole_list(opened, done, said, self.assets)
            page = page_of(opened, done, said, rows, trades, self.models)
            held = opened.status()
        names = rows.select("symbol", "company").unique("symbol")
        listing = Listing(
            name=name_of(done, rows, said),
            generation=generation,
            today=today,
            sessions_old=freshness.age(done.as_of, today),
            run=done,
            outlook=said,
            rows=rows,
            demand_rows=trades.rows.join(names, on="symbol", how="left", maintain_order="left"),
            funds=trades.funds.with_columns(pl.col("estimated").fill_nan(None)),
            status=held,
            words=tuple(head(done, today, said)),
            card=self._card(said),
            page=render(page),
        )
        return Edition(listing, page.reasons.values())

    def _card(self, said: Outlook | None) -> ModelCard | None:
        folder = models_folder(self.models)
        if folder is None or said is None:
            return None
        return read_card(folder / f"{said.model_version}.json")


def worker() -> "FastAPI":
    """Give the application of one worker, as the verb told it through the environment."""
    from recon.serve.app import application  # noqa: PLC0415 - an extra that other verbs lack
    from recon.serve.book import Book  # noqa: PLC0415
    from recon.serve.guard import Access  # noqa: PLC0415
    from recon.serve.maker import Maker  # noqa: PLC0415

    wanted = Wanted.model_validate_json(os.environ[TOLD])
    with open_store(wanted.store) as opened:
        archive = opened.archive
    access = Access(wanted.host, os.environ.get(TOKEN))
    return application(Book(Maker(wanted, wanted.folder)), archive, access)
