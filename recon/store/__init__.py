"""The store: DuckDB generations, batches that land whole, reads as of a moment."""

from recon.store.asof import AsOf, Hindsight
from recon.store.backup import BackupManifest
from recon.store.reports import BatchReport, Difference, SourceStatus, StoreStatus
from recon.store.store import Store

__all__ = [
    "AsOf",
    "BackupManifest",
    "BatchReport",
    "Difference",
    "Hindsight",
    "SourceStatus",
    "Store",
    "StoreStatus",
]
