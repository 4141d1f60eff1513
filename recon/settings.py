"""Configuration: environment variables `RECON_*`, or a `recon.toml` in the working folder."""

from pathlib import Path
from typing import Literal

from platformdirs import user_data_path
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from recon.toml import read_toml

OWN = Path("recon.toml")
"""Of the user, in the working folder."""


class Settings(BaseSettings):
    """What a user may set; the command line overrides it.

    Attributes
    ----------
    store : str
        Folder of the store, or address of a published one (`RECON_STORE`).
    copies : Path
        Folder of the local copies of published stores (`RECON_COPIES`).
    rulebook : Path or None
        The user's own TOML that overrides single values of the rulebook.
    assets : Path or None
        The user's own table of the assets that track each index, for demand.
    user_agent : str or None
        Name and contact that the SEC requires of automated readers, e.g.
        `"Example Desk desk@example.com"`; `recon fetch` refuses SEC addresses without it.
    source_precedence : tuple of str
        Sources of the same subject and session, the most trusted first.
    share_precedence : tuple of str
        Who counts a company's shares, the most trusted first; who is left out is not used,
        but the screener always where nobody else counts.
    """

    model_config = SettingsConfigDict(env_prefix="RECON_", extra="forbid", frozen=True)

    store: str = str(user_data_path("recon", appauthor=False) / "store")
    copies: Path = user_data_path("recon", appauthor=False) / "copies"
    rulebook: Path | None = None
    assets: Path | None = None
    user_agent: str | None = None
    source_precedence: tuple[str, ...] = (
        "screener_parquet",
        "us_stock_symbols_git",
        "us_stock_symbols_json",
    )
    share_precedence: tuple[Literal["vendor_counts", "companyfacts", "screener"], ...] = (
        "vendor_counts",
        "companyfacts",
        "screener",
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order of precedence: arguments, environment, `recon.toml`."""
        own = read_toml(OWN) if OWN.is_file() else {}
        return init_settings, env_settings, InitSettingsSource(settings_cls, own)
