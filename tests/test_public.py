"""What a notebook begins with: the names of the package, and the list in one step."""

import subprocess
import sys
from pathlib import Path

import pytest
from small_run import DAY
from small_study import small_store

import recon
from recon.publish.candidates import candidates
from recon.publish.whole import watchlist


@pytest.mark.parametrize("name", recon.__all__)
def test_every_public_name_is_there_and_says_what_it_is(name: str) -> None:
    assert getattr(recon, name).__doc__


def test_other_names_are_not() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = recon.nothing


def test_the_package_alone_imports_nothing_heavy() -> None:
    code = "import recon, sys; print(sorted({'polars', 'duckdb', 'sklearn'} & set(sys.modules)))"
    done = subprocess.run(  # the modules of this process are imported already
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_the_list_in_one_step(tmp_path: Path) -> None:
    with small_store(tmp_path) as store:
        made = watchlist(store, "2024-06", DAY, rules_only=True)
        unknown = watchlist(store, "2024-06", DAY, models=tmp_path)
    assert made.outlook is None
    assert made.run.as_of == DAY
    assert made.rows.select("symbol", "call").equals(candidates(made.run).select("symbol", "call"))
    assert made.demand.rows.height == made.rows.height
    assert unknown.outlook is None, "no model of the folder may speak"
