"""Where the live sources are: addresses as data, with the user's own changes laid over them."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from recon.errors import InputError
from recon.toml import read_toml

Kind = Literal["repository", "holdings", "json", "zip", "directory"]


class Item(BaseModel):
    """One thing that can be fetched, as `fetch_sources.toml` explains its fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str
    file: str
    kind: Kind
    default: bool = True


class Provider(BaseModel):
    """A public host and what it offers."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    base_url: Annotated[str, Field(pattern=r"^(https?|file)://")]
    per_second: Annotated[float, Field(gt=0)]
    user_agent_required: bool = False
    items: dict[str, Item]


@dataclass(frozen=True, slots=True)
class Order:
    """One file or repository to bring.

    Attributes
    ----------
    name : str
        The item's name, with the CIK where there is one.
    provider : str
        Whose rate limit counts.
    url : str
        Full address.
    file : str
        Path in the target folder.
    kind : str
        How its content is checked.
    per_second : float
        Most requests a second to the provider.
    user_agent_required : bool
        Whether the provider demands a named contact.
    """

    name: str
    provider: str
    url: str
    file: str
    kind: Kind
    per_second: float
    user_agent_required: bool


_PROVIDERS = TypeAdapter(dict[str, Provider])


def load(
    override: Path | None = None, base_urls: Mapping[str, str] | None = None
) -> dict[str, Provider]:
    """Read the shipped addresses and lay a user's changes over them.

    Parameters
    ----------
    override : Path, optional
        TOML of the same shape; the values that it names replace the shipped ones.
    base_urls : mapping, optional
        Provider → scheme and host.

    Raises
    ------
    InputError
        The override is no TOML, or names what does not exist.
    """
    shipped = files(__package__).joinpath("fetch_sources.toml").read_text(encoding="utf-8")
    merged = tomllib.loads(shipped)
    if override is not None:
        try:
            merged = _merge(merged, read_toml(override))
        except ValueError as error:
            raise InputError(
                f"cannot read the addresses: {error}", field="--addresses", value=override
            ) from error
    for name, url in (base_urls or {}).items():
        if name not in merged:
            raise InputError(
                "no such provider", field="--base-url", value=name, expected=", ".join(merged)
            )
        merged[name] = {**merged[name], "base_url": url.rstrip("/")}
    try:
        return _PROVIDERS.validate_python(merged)
    except ValidationError as error:
        first = error.errors()[0]
        raise InputError(
            "the addresses do not hold together",
            field=".".join(str(part) for part in first["loc"]),
            value=first["input"],
            expected=first["msg"],
        ) from error


def choose(
    providers: Mapping[str, Provider], *, only: Iterable[str], ciks: Iterable[str], day: date
) -> list[Order]:
    """Turn what the user asked for into orders.

    Parameters
    ----------
    providers : mapping
        From `load`.
    only : iterable of str
        Names of providers or items, upper or lower case; empty means every default item.
    ciks : iterable of str
        CIKs whose submissions are wanted one by one, with or without leading zeros.
    day : date
        Day of the fetch in New York, carried by the file names so that readers know when
        the content was known.

    Raises
    ------
    InputError
        A name or a CIK that does not exist.
    """
    wanted = {name.lower() for name in only}
    numbers = [_cik(value) for value in ciks]
    every = {(p, i) for p, provider in providers.items() for i in provider.items}
    known = {name for pair in every for name in pair}
    if unknown := sorted(wanted - known):
        raise InputError(
            "nothing of this name can be fetched",
            field="--only",
            value=", ".join(unknown),
            expected=", ".join(sorted(known)),
        )
    if wanted & {"cik", "sec-data"} and not numbers:
        raise InputError("no company is named", field="--cik", expected="at least one CIK")
    orders = []
    for provider_name, provider in providers.items():
        for item_name, item in provider.items.items():
            if "{cik}" in item.path:
                orders += [_order(provider_name, provider, item_name, day, c) for c in numbers]
            elif wanted & {provider_name, item_name} or (
                item.default and not wanted and not numbers
            ):
                orders.append(_order(provider_name, provider, item_name, day))
    return orders


def _order(
    provider_name: str, provider: Provider, item_name: str, day: date, cik: str = ""
) -> Order:
    item = provider.items[item_name]
    return Order(
        name=f"{item_name} {cik}".rstrip(),
        provider=provider_name,
        url=provider.base_url + item.path.replace("{cik}", cik),
        file=item.file.replace("{date}", day.isoformat()).replace("{cik}", cik),
        kind=item.kind,
        per_second=provider.per_second,
        user_agent_required=provider.user_agent_required,
    )


def _cik(value: str) -> str:
    digits = value.strip().upper().removeprefix("CIK")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 10):
        raise InputError("not a CIK", field="--cik", value=value, expected="up to ten digits")
    return digits.zfill(10)


def _merge(base: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in changes.items():
        inner = merged.get(key)
        merged[key] = (
            _merge(inner, value) if isinstance(inner, dict) and isinstance(value, dict) else value
        )
    return merged
