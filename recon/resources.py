"""Where the files that travel with the program are: `sql/` and `models/`.

In a checkout they stand at the top level; in an installed wheel inside the package.
"""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def _resource(name: str) -> Path:
    installed = _PACKAGE / f"_{name}"
    return installed if installed.is_dir() else _PACKAGE.parent / name


def sql_directory() -> Path:
    """Folder of the numbered migrations and the named queries."""
    return _resource("sql")


def models_directory() -> Path:
    """Folder of the shipped classifier and its cards."""
    return _resource("models")


def query(name: str) -> str:
    """Text of the named query `sql/queries/<name>.sql`."""
    return (sql_directory() / "queries" / f"{name}.sql").read_text(encoding="utf-8")
