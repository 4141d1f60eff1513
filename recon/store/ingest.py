"""Take files into the store: one call, one new generation; one file, one batch."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

import duckdb

from recon.contracts import CONTRACTS
from recon.errors import InputError, RefusedFileError, StoreError
from recon.resources import query
from recon.sources.base import Source
from recon.store import schema
from recon.store.copied import refuse_published
from recon.store.database import connect, reading, writing
from recon.store.discover import Found, discover, fingerprint
from recon.store.generations import Folder
from recon.store.land import Progress, land
from recon.store.reports import BatchReport


def ingest(
    folder: Folder,
    paths: Iterable[Path],
    *,
    progress: Progress | None = None,
    now: datetime | None = None,
) -> list[BatchReport]:
    """Ingest files and folders into a store, making it where there is none.

    Parameters
    ----------
    folder : Folder
        The store's folder.
    paths : iterable of Path
        Files, or folders to walk.
    progress : callable, optional
        See `recon.store.land.Progress`.
    now : datetime, optional
        Aware moment of the call, recorded with the batches for audit.

    Returns
    -------
    list of BatchReport
        One for each file, in the order in which they were found. A file below a named
        folder that is refused or not recognised is reported, and the others land.

    Raises
    ------
    InputError
        If a path does not exist, the call would mix simulated and real data, or the store is
        a published one or a copy of it.
    RefusedFileError
        If a named file is not recognised or is refused; the store is as it was.
    StoreLockedError, StoreTooNewError
        As the classes say.
    """
    refuse_published(str(folder.path))
    found = discover(paths)
    for one in found:
        if one.source is None and one.named:
            raise RefusedFileError("no source recognises this file", field="path", value=one.path)
    with folder.lock():
        known, simulated, outdated = _books(folder)
        _check_not_mixed(folder, found, simulated)
        reports: list[BatchReport | None] = []
        work: list[tuple[Found, Source, str]] = []
        for one in found:
            report = _settle(one, known, work)
            reports.append(report)
        if not work and not outdated:
            return [report for report in reports if report is not None]
        landed = iter(_build(folder, work, outdated=outdated, progress=progress, now=now))
        return [next(landed) if report is None else report for report in reports]


def upgrade(folder: Folder) -> None:
    """Publish a generation with all migrations applied, if the current one lacks any."""
    with folder.lock():
        if _books(folder)[2]:
            _build(folder, [], outdated=True, progress=None, now=None)


def _settle(
    found: Found, known: set[tuple[str, str]], work: list[tuple[Found, Source, str]]
) -> BatchReport | None:
    """Report on a file that needs no reading, or else add it to the work and return None."""
    if found.source is None:
        return BatchReport(found.path, "unrecognised")
    try:
        mark = fingerprint(found, found.source)
    except RefusedFileError as error:
        return _refused(found, found.source, error)
    if (found.source.name, mark) in known:
        return BatchReport(
            found.path, "already there", found.source.name, simulated=found.simulated
        )
    known.add((found.source.name, mark))
    work.append((found, found.source, mark))
    return None


def _refused(found: Found, source: Source, error: RefusedFileError) -> BatchReport:
    """Report a refused file that lay in a named folder; raise if it was named itself."""
    if found.named:
        raise error
    return BatchReport(
        found.path, "refused", source.name, simulated=found.simulated, message=str(error)
    )


def _books(folder: Folder) -> tuple[set[tuple[str, str]], bool | None, bool]:
    """Batches present, whether they are simulated (None: no batch), whether to migrate."""
    if folder.current() is None:
        return set(), None, True
    generation = folder.open()
    try:
        connection = generation.cursor()
        with reading(generation.file):
            outdated = schema.check_not_newer(connection, folder.path) < schema.newest_version()
            rows = connection.sql("SELECT source, fingerprint, simulated FROM batch").fetchall()
    finally:
        generation.close()
    known = {(source, mark) for source, mark, _ in rows}
    return known, rows[0][2] if rows else None, outdated


def _check_not_mixed(folder: Folder, found: Sequence[Found], simulated: bool | None) -> None:
    kinds = {one.simulated for one in found if one.source is not None}
    if simulated is not None:
        kinds.add(simulated)
    if len(kinds) > 1:
        raise InputError(
            "simulated and real data cannot share a store",
            field="store",
            value=folder.path,
            expected="only one of them; name another folder with --store",
        )


def _build(
    folder: Folder,
    work: Sequence[tuple[Found, Source, str]],
    *,
    outdated: bool,
    progress: Progress | None,
    now: datetime | None,
) -> list[BatchReport]:
    """Land the work in the next generation and publish it, if anything came of it."""
    number = folder.begin()
    connection = connect(folder.file(number), read_only=False)
    reports = []
    try:
        with writing(folder.path):
            schema.migrate(connection, folder.path)
            for found, source, mark in work:
                try:
                    report = land(connection, found, source, mark, now=now, progress=progress)
                except RefusedFileError as error:
                    report = _refused(found, source, error)
                reports.append(report)
            _verify(connection, folder)
            connection.execute("CHECKPOINT")
    finally:
        connection.close()
    landed = any(report.status == "landed" for report in reports)
    if landed or (outdated and folder.current() is not None):
        folder.publish(number)
    return reports


def _verify(connection: duckdb.DuckDBPyConnection, folder: Folder) -> None:
    """Compare the rows of every batch with the books before the generation is published."""
    counted: dict[int, int] = {}
    for table in CONTRACTS:
        rows_of_batches = connection.sql(query("rows_of_batches"), params={"table": table})
        for batch_id, rows in rows_of_batches.fetchall():
            counted[batch_id] = counted.get(batch_id, 0) + rows
    booked = connection.sql("SELECT batch_id, rows FROM batch WHERE rows > 0").fetchall()
    if counted != dict(booked):
        raise StoreError(
            "rows and books of the new generation disagree; it was not published",
            field="store",
            value=folder.path,
        )
