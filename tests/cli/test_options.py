from datetime import date
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from recon.cli.foresight import models_folder
from recon.cli.options import as_of_option, form, load_settings, store_option
from recon.errors import InputError


@click.command()
@as_of_option
def day(as_of: date | None) -> None:
    click.echo(repr(as_of))


@click.command()
@store_option
def folder(store: Path) -> None:
    click.echo(str(store))


def test_a_day_has_one_form() -> None:
    assert CliRunner().invoke(day, ["--as-of", "2025-04-30"]).output == (
        "datetime.date(2025, 4, 30)\n"
    )
    assert CliRunner().invoke(day, []).output == "None\n"


@pytest.mark.parametrize(
    "text", ["2025-02-30", "30.04.2025", "20250430", "2025-W18-3", "2025-4-30", "today", ""]
)
def test_another_form_of_a_day_is_wrong_use(text: str) -> None:
    result = CliRunner().invoke(day, ["--as-of", text])
    assert result.exit_code == 2
    assert "--as-of" in result.output


def test_a_day_in_the_future_is_wrong_use() -> None:
    result = CliRunner().invoke(day, ["--as-of", "2999-04-30"])
    assert result.exit_code == 2
    assert "is in the future" in result.output


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no model with a card"):
        models_folder(str(tmp_path))
    (tmp_path / "recon-2024-06-strict.json").touch()
    assert models_folder(str(tmp_path)) == tmp_path


def test_the_store_comes_from_the_option_then_the_environment_then_the_platform(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("RECON_STORE", raising=False)
    assert Path(CliRunner().invoke(folder, []).output.strip()).parts[-2:] == ("recon", "store")
    (tmp_path / "recon.toml").write_text('store = "from-toml"')
    assert CliRunner().invoke(folder, []).output == "from-toml\n"
    monkeypatch.setenv("RECON_STORE", "from-environment")
    assert CliRunner().invoke(folder, []).output == "from-environment\n"
    assert CliRunner().invoke(folder, ["--store", "given"]).output == "given\n"


@pytest.mark.parametrize(
    "text", ["colour = 1", "not toml", "store = 3", f"{'.'.join('a' * 5000)} = 1"]
)
def test_a_wrong_configuration_is_the_callers_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "recon.toml").write_text(text)
    with pytest.raises(InputError, match=r"recon\.toml"):
        load_settings()


@pytest.mark.parametrize(
    ("format_", "output", "settled"),
    [
        (None, None, "table"),
        ("json", None, "json"),
        (None, "list.csv", "csv"),
        (None, "list.PARQUET", "parquet"),
        (None, "list.txt", "table"),
        ("csv", "list.json", "csv"),
    ],
)
def test_the_format_follows_the_file_unless_it_is_said(
    format_: str | None, output: str | None, settled: str
) -> None:
    assert form(format_, Path(output) if output else None) == settled


@pytest.mark.parametrize(("format_", "output"), [("parquet", None), (None, Path("list"))])
def test_a_format_that_cannot_be_is_refused(format_: str | None, output: Path | None) -> None:
    with pytest.raises(InputError, match="--output"):
        form(format_, output)
