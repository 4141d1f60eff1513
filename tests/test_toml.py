from pathlib import Path

import pytest

from recon.toml import DEEPEST, LARGEST, read_toml


def dotted(depth: int) -> str:
    return ".".join("a" * depth) + " = 1"


def test_what_a_user_wrote_is_read(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text(f"[ranks]\ntop_50 = 5\n{dotted(DEEPEST - 1)}")
    assert read_toml(file)["ranks"]["top_50"] == 5


@pytest.mark.parametrize(
    "text",
    [
        "no toml",
        "a = " + "9" * 5000,
        f"a = {'[' * 5000}{']' * 5000}",
        dotted(5000),
        dotted(DEEPEST + 1),
        f"# {' ' * LARGEST}",
    ],
    ids=["damaged", "digits", "brackets", "tables", "one too deep", "large"],
)
def test_what_would_break_a_reader_is_one_line(tmp_path: Path, text: str) -> None:
    file = tmp_path / "own.toml"
    file.write_text(text)
    with pytest.raises(ValueError, match=r"^[^\n]+$"):
        read_toml(file)


def test_a_missing_file_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="No such file"):
        read_toml(tmp_path / "own.toml")
