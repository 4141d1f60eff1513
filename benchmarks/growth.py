"""How the cost of taking quotes in, and of reading one rank day, grows from 1M to 100M rows.

Usage: python -m benchmarks.growth [--most 100] [--output out/growth.svg]

The screener's Parquet is cut or repeated. Each copy has new symbols, and every second one other
sessions too: those before the data begin.
"""

import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

import altair as alt
import click
import duckdb
import polars as pl
from rich.console import Console

from benchmarks.alone import run_alone
from recon.calendar import end_of_day, sessions
from recon.cli.tables import grid, head
from recon.store import Store

MILLION = 1_000_000
STEPS = (1, 3, 10, 30, 100)
"""Millions of rows."""
ROUNDS = 5
_SHARES = 10_000
"""Parts that a cut is counted in."""


def make(source: Path, rows: int, file: Path) -> int:
    """Write a screener file of about so many rows, each copy's symbols together.

    Returns
    -------
    int
        Rows written.
    """
    with duckdb.connect() as connection:
        connection.execute("SET memory_limit = '2GB'")
        quotes = connection.read_parquet(str(source))
        days = quotes.aggregate("session").pl()["session"].sort()
        before = pl.Series(sessions(date(2009, 1, 2), days[0] - timedelta(days=1))).tail(len(days))
        connection.register(
            "moved", pl.DataFrame({"session": days.tail(len(before)), "other": before}).to_arrow()
        )
        (whole,) = quotes.count("*").fetchall()[0]
        cut = min(_SHARES, round(_SHARES * rows / whole))
        plain = "close, netchange, volume, market_cap"
        parts = []
        for copy in range(max(1, round(rows / whole))):
            name = "symbol" if copy == 0 else f"'{chr(64 + copy)}.' || symbol"
            parts.append(
                f"SELECT other AS session, {name} AS symbol, exchange, {plain} "  # noqa: S608
                "FROM quotes JOIN moved USING (session)"
                if copy % 2
                else f"SELECT session, {name} AS symbol, exchange, {plain} FROM quotes "  # noqa: S608
                f"WHERE hash(symbol) % {_SHARES} < {cut}"
            )
        union = " UNION ALL ".join(parts)
        connection.execute(f"COPY ({union}) TO '{file}' (FORMAT parquet, ROW_GROUP_SIZE 122880)")
        (written,) = connection.read_parquet(str(file)).count("*").fetchall()[0]
    return int(written)


def measure(file: Path, folder: Path, rank_day: date) -> dict[str, float]:
    """Ingest a file in a new process, then read one rank day.

    Returns
    -------
    dict of str to float
        `ingest_s`, `gib` (most memory held), `read_s` (median cross-section), `store_gib`.
    """
    code = (
        "import sys; from pathlib import Path; from recon.store import Store\n"
        "with Store(Path(sys.argv[2])) as store:\n"
        "    (report,) = store.ingest([Path(sys.argv[1])])\n"
        "sys.exit(report.status != 'landed')"
    )
    begin = time.perf_counter()
    gib = run_alone("-c", code, file, folder)
    taken = time.perf_counter() - begin
    with Store(folder) as store:
        known = store.as_of(end_of_day(rank_day))
        times = []
        for _ in range(ROUNDS + 1):
            begin = time.perf_counter()
            known.cross_section(rank_day)
            times.append(time.perf_counter() - begin)
    size = sum(path.stat().st_size for path in folder.rglob("*.duckdb"))
    return {
        "ingest_s": taken,
        "gib": gib,
        "read_s": sorted(times[1:])[ROUNDS // 2],
        "store_gib": size / 2**30,
    }


def chart(frame: pl.DataFrame) -> alt.Chart:
    """Seconds by rows, both on log scales, beside a line of equal cost a row."""
    first = frame.row(0, named=True)
    linear = frame.select(
        "rows", work=pl.lit("linear"), seconds=pl.col("rows") * first["ingest_s"] / first["rows"]
    )
    named = {"ingest_s": "ingest", "read_s": "one rank day"}
    long = frame.unpivot(list(named), index="rows", variable_name="work", value_name="seconds")
    long = long.with_columns(pl.col("work").replace(named))
    return (
        alt.Chart(pl.concat([long, linear]))
        .mark_line(point=True)
        .encode(
            x=alt.X("rows", scale=alt.Scale(type="log"), title="rows of quotes"),
            y=alt.Y("seconds", scale=alt.Scale(type="log")),
            color=alt.Color("work", title=None),
            strokeDash=alt.StrokeDash("work", legend=None),
        )
        .properties(width=480, height=300, title="Cost by rows of the screener")
    )


@click.command()
@click.option("--most", default=STEPS[-1], show_default=True, help="Millions of rows.")
@click.option("--source", type=click.Path(exists=True, path_type=Path), required=True)
@click.option("--output", type=click.Path(path_type=Path), help="SVG or PNG of the chart.")
def main(most: int, source: Path, output: Path | None) -> None:
    """Measure each size in a folder of its own, and print one row a size."""
    rank_day = date(2024, 4, 30)
    found = []
    for step in (one for one in STEPS if one <= most):
        with tempfile.TemporaryDirectory() as name:
            file = Path(name) / "screener.parquet"
            rows = make(source, step * MILLION, file)
            found.append({"rows": rows, **measure(file, Path(name) / "store", rank_day)})
        print(found[-1], file=sys.stderr)  # noqa: T201 - long work says where it is
    frame = pl.DataFrame(found).with_columns(us_a_row=pl.col("ingest_s") / pl.col("rows") * 1e6)
    table = grid("growth with the rows of the screener")
    head(table, frame.columns)
    for row in frame.iter_rows(named=True):
        table.add_row(f"{row['rows']:,}", *(f"{row[c]:.3f}" for c in frame.columns[1:]))
    Console(width=120).print(table)
    if output is not None:
        output.parent.mkdir(parents=True, exist_ok=True)
        chart(frame).save(str(output))


if __name__ == "__main__":
    main()
