from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace

import polars as pl
import pytest

from recon.calendar import end_of_day
from recon.demand.assets import DEFAULT, Assets, assets_at, read_assets
from recon.errors import InputError

HEAD = "index,vehicle,assets_usd,effective,known_at,source\n"


def own(folder: Path, *rows: str) -> Path:
    file = folder / "own.csv"
    file.write_text(HEAD + "\n".join(rows) + "\n")
    return file


def at(moment: datetime) -> SimpleNamespace:
    return SimpleNamespace(moment=moment)


def on(day: str) -> SimpleNamespace:
    return at(end_of_day(date.fromisoformat(day)).astimezone(UTC))


def test_the_default_keeps_its_contract_and_names_a_source_for_every_row() -> None:
    table = read_assets()
    assert Assets.is_valid(table)
    assert table["source"].str.len_chars().min() > 20
    assert (table["known_at"] >= table["effective"]).all()
    assert DEFAULT.is_file()


def test_where_nothing_was_known_there_is_no_row_and_never_a_later_figure() -> None:
    """The first figures of the size indexes are of August 2022."""
    table = read_assets()
    assert assets_at(table, on("2018-10-02")).is_empty()
    assert assets_at(table, on("2022-04-30"))["index"].to_list() == ["R3000"]
    then = assets_at(table, on("2024-04-30"))
    assert (then["newest"] <= date(2024, 4, 30)).all()
    later = table.filter(pl.col("known_at") <= date(2024, 4, 30))
    assert assets_at(later, on("2024-04-30")).equals(then)


def test_a_figure_counts_from_the_end_of_the_day_on_which_it_was_known(tmp_path: Path) -> None:
    table = read_assets(own(tmp_path, "R2000,IWM,1e9,2024-04-01,2024-04-10,a file"))
    assert assets_at(table, on("2024-04-09")).is_empty()
    assert assets_at(table, at(datetime(2024, 4, 10, 20, tzinfo=UTC))).is_empty()
    assert assets_at(table, on("2024-04-10"))["assets_usd"].to_list() == [1e9]


def test_the_newest_figure_of_each_vehicle_counts_and_vehicles_add_up(tmp_path: Path) -> None:
    table = read_assets(
        own(
            tmp_path,
            "R2000,IWM,1e9,2024-01-01,2024-01-02,a",
            "R2000,IWM,3e9,2024-03-01,2024-03-02,b",
            "R2000,IWM,4e9,2024-03-01,2024-03-20,corrected",
            "R2000,VTWO,5e8,2023-01-01,2023-01-02,c",
        )
    )
    (row,) = assets_at(table, on("2024-04-30")).rows(named=True)
    assert row["assets_usd"] == 4.5e9
    assert row["vehicles"] == "IWM + VTWO"
    assert (str(row["oldest"]), str(row["newest"])) == ("2023-01-01", "2024-03-01")
    assert assets_at(table, on("2024-03-10"))["assets_usd"].to_list() == [3.5e9]


def test_both_styles_count_toward_their_index_and_one_alone_does_not(tmp_path: Path) -> None:
    whole = "R2000,IWM,7e9,2024-01-01,2024-01-02,a"
    growth = "R2000G,IWO,2e9,2024-01-01,2024-01-02,a"
    value = "R2000V,IWN,1e9,2024-01-01,2024-01-02,a"
    both = assets_at(read_assets(own(tmp_path, whole, growth, value)), on("2024-04-30"))
    assert both.select("index", "assets_usd", "vehicles").rows() == [
        ("R2000", 1e10, "IWM + IWO + IWN")
    ]
    one = assets_at(read_assets(own(tmp_path, whole, growth)), on("2024-04-30"))
    assert one["assets_usd"].to_list() == [7e9]
    middle = [
        "RMIDCAP,IWR,3e9,2024-01-01,2024-01-02,a",
        "RMIDCAPG,IWP,1e9,2024-01-01,2024-01-02,a",
        "RMIDCAPV,IWS,1e9,2024-01-01,2024-01-02,a",
    ]
    found = assets_at(read_assets(own(tmp_path, *middle)), on("2024-04-30"))
    assert found.select("index", "assets_usd").rows() == [("RMIDCAP", 5e9)]


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        ("R5000,IWM,1e9,2024-01-01,2024-01-02,a", "index"),
        ("R2000,IWM,-5,2024-01-01,2024-01-02,a", "assets_usd|min"),
        ("R2000,IWM,1e9,01/02/2024,2024-01-02,a", "effective"),
        ("R2000,IWM,1e9,2024-02-01,2024-01-02,a", "effective_before_known"),
        ("R2000,IWM,1e9,2024-01-01,2024-01-02,", "source"),
    ],
)
def test_a_row_that_does_not_fit_is_refused_by_the_name_of_its_rule(
    row: str, rule: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError) as caught:
        read_assets(own(tmp_path, "R2000,IWM,1e9,2024-01-01,2024-01-02,good", row))
    assert rule in str(caught.value)


def test_another_header_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "own.csv"
    file.write_text("index,assets\nR2000,5\n")
    with pytest.raises(InputError, match="header=index,assets"):
        read_assets(file)
    with pytest.raises(InputError, match="no such table of assets"):
        read_assets(tmp_path / "none.csv")
