"""Addresses, and what an object store answers."""

import pytest

from recon.errors import InputError, StoreError
from recon.store.place import Place, is_remote


def test_what_is_no_address_is_a_folder() -> None:
    assert not is_remote("/mnt/shared/recon")
    assert not is_remote("C:\\recon")
    assert is_remote("s3://desk/recon")


@pytest.mark.parametrize("address", ["http://desk/recon", "file:///tmp", "s4://desk"])
def test_an_unknown_kind_of_object_store_is_refused(address: str) -> None:
    with pytest.raises(InputError, match="no such kind of object store"):
        Place(address)


@pytest.mark.parametrize(
    "address",
    [
        "s3://",
        "s3:///prefix",
        "s3://who:secret@desk/recon",
        "s3://who@desk/recon",
        "s3://desk/recon?secret_key=secret",
        "abfs://who:secret@desk/recon",
    ],
)
def test_an_address_is_bucket_and_prefix_and_is_not_printed(address: str) -> None:
    with pytest.raises(InputError, match="bucket and prefix and nothing else") as refused:
        Place(address)
    assert "secret" not in str(refused.value)


def test_an_object_store_that_does_not_answer_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:9"),
        ("AWS_ACCESS_KEY_ID", "who"),
        ("AWS_SECRET_ACCESS_KEY", "not-to-be-printed"),
        ("AWS_REGION", "us-east-1"),
    ):
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("recon.store.place.ATTEMPTS", 1)
    with pytest.raises(StoreError, match="AWS_ENDPOINT_URL names it") as refused:
        Place("s3://desk/recon").read("published.json")
    assert "who" not in str(refused.value)
    assert "not-to-be-printed" not in str(refused.value)
