"""The notebooks: kept without output, and run from nothing to their end on a simulated market."""

import sys
from pathlib import Path

import nbformat
import pytest
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))
PATIENCE_SECONDS = 600
"""For one cell, on a busy machine."""
STRICT = """
import sys, warnings
warnings.simplefilter("error")
print(sys.executable)
"""


class ThisPython(AsyncKernelManager):
    """The kernel of this very Python, whatever else is installed on the machine."""

    def __init__(self, **said: object) -> None:
        super().__init__(kernel_spec_manager=KernelSpecManager(kernel_dirs=[]), **said)


def test_there_are_three() -> None:
    assert [path.stem for path in NOTEBOOKS] == ["backtest", "one_name", "watchlist"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_no_output_is_stored(path: Path) -> None:
    """Run `jupyter nbconvert --clear-output --inplace notebooks/*.ipynb` where this fails."""
    book = nbformat.read(path, as_version=4)
    nbformat.validate(book)
    for cell in book.cells:
        assert set(cell.metadata) == set(), "metadata of an editor"
        if cell.cell_type == "code":
            assert (cell.outputs, cell.execution_count) == ([], None)
    assert set(book.metadata) == {"kernelspec", "language_info"}
    assert "out/notebooks/store" in book.cells[1].source, "one variable at the top"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where all three run: the first makes the market, as a user's first one does."""
    return tmp_path_factory.mktemp("notebooks")


@pytest.mark.notebooks
@pytest.mark.xdist_group("notebooks")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_runs_from_nothing(path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("STORE", "DATA", "RULEBOOK", "ASSETS"):
        monkeypatch.delenv(f"RECON_{name}", raising=False)
    monkeypatch.setenv("IPYTHONDIR", str(folder / "ipython"))
    book = nbformat.read(path, as_version=4)
    book.cells.insert(0, nbformat.v4.new_code_cell(STRICT))
    NotebookClient(
        book,
        kernel_manager_class=ThisPython,
        timeout=PATIENCE_SECONDS,
        resources={"metadata": {"path": str(folder)}},
    ).execute()
    first, *cells = [cell for cell in book.cells if cell.cell_type == "code"]
    assert first.outputs[0].text.strip() == sys.executable
    said = "".join(out.get("text", "") for cell in cells for out in cell.outputs)
    assert "simulated market" in said
    assert not [out for cell in cells for out in cell.outputs if out.get("name") == "stderr"]
    charts = [
        out for cell in cells for out in cell.outputs if "image/svg+xml" in out.get("data", {})
    ]
    assert len(charts) >= 2
