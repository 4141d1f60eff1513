import os
import subprocess
import sys
from types import ModuleType

import click
import pytest
from click.testing import CliRunner

from recon.cli import app, main
from recon.errors import FetchError, InputError

HEAVY = ("polars", "duckdb", "pandas", "numpy", "pyarrow", "pydantic", "dataframely", "rich")
HELP = f"""
import sys, time
from recon.cli import main
try:
    main(["--help"])
except SystemExit as stop:
    heavy = [name for name in {HEAVY!r} if name in sys.modules]
    print(stop.code, heavy, time.process_time(), file=sys.stderr)
"""


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, arguments)
    return result.exit_code, result.stdout, result.stderr


class Box:
    """What the verb `fail` raises."""

    error: BaseException = RuntimeError("nothing set")


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Box:
    """Install a verb `fail`."""
    box = Box()

    @click.command()
    @click.option("--count", type=int)
    def fail(count: int | None) -> None:
        raise box.error

    module = ModuleType("failing_verb")
    module.fail = fail  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "failing_verb", module)
    monkeypatch.setitem(app.VERBS, "fail", app.Verb("failing_verb", "Fail."))
    return box


def test_help_lists_every_verb_without_loading_any() -> None:
    done = subprocess.run([sys.executable, "-c", HELP], capture_output=True, text=True, check=True)
    code, heavy, seconds = done.stderr.strip().partition(" ")[0], "[]", done.stderr.split()[-1]
    assert code == "0"
    assert heavy in done.stderr
    assert float(seconds) <= 0.5
    assert all(f"  {name} " in done.stdout for name in app.VERBS)


@pytest.mark.parametrize("verb", list(app.VERBS))
def test_every_verb_explains_itself_with_examples(verb: str) -> None:
    code, out, err = run(verb, "--help")
    assert code == 0, err
    assert "Examples:" in out
    assert f"recon {verb}" in out.split("Examples:")[1]
    assert "--debug" in out


def test_no_verb_shows_the_help() -> None:
    code, out, _ = run()
    assert code == 0
    assert out.startswith("Usage: recon")


def test_version() -> None:
    code, out, _ = run("--version")
    assert code == 0
    assert out.startswith("recon ")


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (
            InputError("not\nso", field="--x", value=1, expected="2"),
            2,
            "recon: not so; --x=1; expected 2\n",
        ),
        (FetchError("gone"), 1, "recon: gone\n"),
        (KeyError("k"), 1, "recon: unexpected KeyError: 'k'; run with --debug\n"),
        (KeyboardInterrupt(), 130, "stopped\n"),
    ],
)
def test_an_error_is_one_line_and_its_code(
    failing: Box, error: BaseException, code: int, line: str
) -> None:
    failing.error = error
    got, out, err = run("fail")
    assert got == code
    assert out == ""
    assert err.lstrip("\n") == line


@pytest.mark.parametrize("arguments", [("fail", "--debug"), ("--debug", "fail")])
@pytest.mark.parametrize("error", [InputError("wrong"), KeyError("k")])
def test_debug_shows_the_traceback_and_keeps_the_code(
    failing: Box, error: Exception, arguments: tuple[str, ...]
) -> None:
    failing.error = error
    without, _, _ = run("fail")
    code, _, err = run(*arguments)
    assert code == without
    assert "Traceback" in err
    assert "raise box.error" in err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("fail", "--count", "many"), "recon fail: Invalid value for '--count'"),
        (("fail", "--colour"), "recon fail: No such option"),
        (("fial",), "recon: no such verb: fial; did you mean fail?"),
        (("xyzzy",), "recon: no such verb: xyzzy"),
        (("--xyzzy",), "recon: No such option"),
    ],
)
def test_wrong_use_is_one_line_and_code_2(
    failing: Box, arguments: tuple[str, ...], says: str
) -> None:
    code, out, err = run(*arguments)
    assert code == 2
    assert out == ""
    assert err.startswith(says)
    assert err.count("\n") == 1


def test_an_exit_code_set_by_a_verb_is_kept(
    failing: Box,
) -> None:
    failing.error = click.exceptions.Exit(2)
    assert run("fail")[0] == 2


def test_a_reader_who_has_enough_is_no_error() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "recon.cli", "calendar", "--from", "2010", "--to", "2030"],
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(writing)
    assert "Error" not in done.stderr
    assert "unexpected" not in done.stderr
    assert done.returncode == 1
