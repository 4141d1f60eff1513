"""Files of cells are not made twice, and do not pile up."""

import os
from pathlib import Path

from recon.backtest.cells import KEPT, fill, place
from recon.backtest.moment import Cell

CELL, OTHER = Cell("ipo:2024-09", 10, "strict"), Cell("ipo:2024-09", 10, "slow-facts")


def write(file: Path) -> None:
    for ending in (".parquet", ".lines"):
        file.with_suffix(ending).write_text("x")


def test_the_oldest_states_of_a_cell_go_and_other_cells_stay(tmp_path: Path) -> None:
    files = [place(tmp_path, CELL, [state]) for state in range(KEPT + 2)]
    others = [place(tmp_path, OTHER, [0]), place(tmp_path, CELL, [0], "study-")]
    for age, file in enumerate((*others, *files)):
        fill(write, [(file,)], 1, None)
        os.utime(file, (age, age))
    fill(write, [(place(tmp_path, CELL, ["new"]),)], 1, None)
    left = {one.name for one in tmp_path.iterdir()}
    kept = [*others, *files[3:], place(tmp_path, CELL, ["new"])]
    assert left == {one.with_suffix(e).name for one in kept for e in (".parquet", ".lines")}
