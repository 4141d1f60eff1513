"""The store: DuckDB generations, batches that land whole, reads as of a moment."""

from recon.store.asof import AsOf
from recon.store.backup import BackupManifest
from recon.store.copied import Copy, local_copy
from recon.store.published import Published
from recon.store.reads import Hindsight
from recon.store.reports import BatchReport, Difference, SourceStatus, StoreStatus
from recon.store.store import Store

__all__ = [
    "AsOf",
    "BackupManifest",
    "BatchReport",
    "Copy",
    "Difference",
    "Hindsight",
    "Published",
    "SourceStatus",
    "Store",
    "StoreStatus",
    "local_copy",
]
