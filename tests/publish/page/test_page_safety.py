"""Nothing from outside becomes markup, nothing is loaded, and equal pages are equal bytes."""

import base64
import dataclasses
import hashlib
import re

import polars as pl
import pytest
from page_reader import Reader, read
from small_page import HOSTILE, small_page

from recon.publish.page import Page, render
from recon.publish.page.cells import candidates, columns
from recon.publish.page.render import data
from recon.publish.words import percent


def hostile() -> Page:
    """A page on which every company's name, and an earlier run's, is hostile."""
    page = small_page()
    named = pl.lit(HOSTILE).alias("company")
    return dataclasses.replace(
        page,
        rows=page.rows.with_columns(named, symbol=pl.format("{}<b>", "symbol")),
        near=page.near.with_columns(named, symbol=pl.format("{}<b>", "symbol")),
        changes=page.changes.with_columns(named),
        reasons={
            key: one.model_copy(update={"company": HOSTILE, "cap": HOSTILE})
            for key, one in page.reasons.items()
        },
        earlier=dataclasses.replace(page.earlier, model_version=HOSTILE),
    )


@pytest.fixture(scope="module")
def html() -> str:
    return render(hostile())


@pytest.fixture(scope="module")
def shown(html: str) -> Reader:
    return read(html)


def test_a_hostile_name_stays_a_name(shown: Reader) -> None:
    tags = [tag for tag, _ in shown.tags]
    assert tags.count("script") == 2
    assert "img" not in tags
    assert "b" not in tags
    assert not any(name.startswith("on") for _, said in shown.tags for name in said)
    rows = shown.rows("Candidates")
    assert {row["Company"] for row in rows} == {" ".join(HOSTILE.split(" ")).strip()}
    assert "{{ 7 * 7 }}" in rows[0]["Company"]
    assert HOSTILE in shown.data()["texts"]


def test_data_cannot_end_its_element() -> None:
    said = str(data({"name": HOSTILE, "n": [1, None]}))
    assert not re.search("[<>&\u2028\u2029]", said)
    assert read(f'<script type="application/json">{said}</script>').data() == {
        "name": HOSTILE,
        "n": [1, None],
    }


def test_nothing_is_loaded(html: str, shown: Reader) -> None:
    for _, said in shown.tags:
        assert (said.get("href") or "#").startswith(("#", "data:"))
        assert "src" not in said
        assert "style" not in said  # the policy would refuse it
    assert not re.search(r"url\(|@import", "".join(shown.raw["style"]))
    assert not re.search(r"https?://|fetch\(|XMLHttp|import\(|eval\(", shown.raw["script"][0])
    assert "http://" not in html.replace("&#34;", "")


def test_the_policy_forbids_all_but_the_pages_own(shown: Reader) -> None:
    policy = next(
        said["content"] or ""
        for tag, said in shown.tags
        if tag == "meta" and said.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    for kind in ("script", "style"):
        digest = hashlib.sha256(shown.raw[kind][0].encode()).digest()
        assert f"{kind}-src 'sha256-{base64.b64encode(digest).decode()}'" in policy


def test_ids_are_not_given_twice(shown: Reader) -> None:
    ids = [said["id"] for _, said in shown.tags if "id" in said]
    assert len(ids) == len(set(ids))


def test_equal_pages_are_equal_bytes(html: str) -> None:
    small_page.cache_clear()
    assert render(hostile()) == html


def test_an_empty_list_makes_a_page() -> None:
    page = small_page()
    nothing = page.rows.clear()
    empty = dataclasses.replace(
        page,
        rows=nothing,
        near=page.near.clear(),
        largest=page.largest.clear(),
        counts=page.counts.clear(),
        reasons={},
    )
    text = read(render(empty)).said()
    assert "No candidates." in text
    assert "No line of the ranking is near any company" in text
    assert "No trade is known" in text


def test_a_list_after_the_official_one_shows_the_models_own_chance() -> None:
    page = small_page()
    final = dataclasses.replace(page, run=dataclasses.replace(page.run, status="final"))
    assert "Model" in [one.title for one in columns(final)]
    assert "Model" not in [one.title for one in columns(page)]
    cells = candidates(final)[0][2]
    place = [one.title for one in columns(final)].index("Model")
    assert cells[place] == percent(page.rows["model_probability"][0])
