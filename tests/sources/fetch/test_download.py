"""Downloads from a server that drops, refuses, forgets and lies."""

import io
import zipfile
from datetime import date
from pathlib import Path

import pytest
from misbehaving_site import Fault, Site

from recon.errors import FetchError, InputError
from recon.sources.fetch import Fetched, Patience, choose, fetch, load

DAY = date(2026, 5, 1)
IWM = "/us/products/239710/ishares-russell-2000-etf/1467271812596.ajax"
HOLDINGS = (
    b'\xef\xbb\xbfiShares Russell 2000 ETF\nFund Holdings as of,"Apr 30, 2026"\n'
    b'Shares Outstanding,"280,200,000.00"\n\xc2\xa0\nTicker,Name,Sector\n'
    + b'"BE","BLOOM ENERGY CLASS A CORP","Industrials"\n'
    * 5000
)
DIRECTORY = b"Symbol|Security Name|ETF\nAAPL|Apple Inc.|N\nFile Creation Time: 0501202608:00||\n"
PAGE = b"\n<!DOCTYPE html><html><body>Please verify that you are human</body></html>"


pytestmark = pytest.mark.usefixtures("no_pace")


def run(
    site: Site,
    folder: Path,
    patience: Patience,
    *only: str,
    ciks: tuple[str, ...] = (),
    user_agent: str | None = "Test Desk desk@example.com",
) -> list[Fetched]:
    bases = dict.fromkeys(("ishares", "sec", "sec-data", "nasdaqtrader"), site.url)
    orders = choose(load(base_urls=bases), only=only, ciks=ciks, day=DAY)
    return list(fetch(orders, folder, user_agent=user_agent, patience=patience))


def visible(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir() if not p.name.startswith("."))


def test_a_file_arrives_whole_under_its_dated_name(
    site: Site, tmp_path: Path, patience: Patience
) -> None:
    site.files[IWM] = HOLDINGS
    (done,) = run(site, tmp_path / "new" / "folder", patience, "iwm")
    assert done.error is None
    assert done.new
    assert done.size == len(HOLDINGS)
    assert done.path == tmp_path / "new" / "folder" / "IWM_holdings_2026-05-01.csv"
    assert done.path.read_bytes() == HOLDINGS
    assert [p.name for p in done.path.parent.iterdir() if p.name.endswith((".part", ".json"))] == []
    assert site.asked(IWM)[0]["user-agent"] == "Test Desk desk@example.com"


def test_todays_file_is_not_asked_for_again(site: Site, tmp_path: Path, patience: Patience) -> None:
    site.files[IWM] = HOLDINGS
    run(site, tmp_path, patience, "iwm")
    (again,) = run(site, tmp_path, patience, "iwm")
    assert not again.new
    assert again.error is None
    assert len(site.requests) == 1


def test_a_dropped_connection_is_resumed_where_it_broke(
    site: Site, tmp_path: Path, patience: Patience, waits: list[float]
) -> None:
    site.files[IWM] = HOLDINGS
    site.faults[IWM].extend([Fault(drop_after=70_000), Fault(drop_after=50_000)])
    (done,) = run(site, tmp_path, patience, "iwm")
    assert done.path.read_bytes() == HOLDINGS
    first, second, third = site.asked(IWM)
    assert "range" not in first
    assert second["if-range"] == third["if-range"] == '"v1"'
    got = [int(r["range"].removeprefix("bytes=").rstrip("-")) for r in (second, third)]
    assert 0 < got[0] < got[1] < len(HOLDINGS)
    assert len(waits) == 2


def test_the_next_run_resumes_too(site: Site, tmp_path: Path, patience: Patience) -> None:
    site.files[IWM] = HOLDINGS
    site.faults[IWM].extend(Fault(drop_after=40_000) for _ in range(patience.attempts))
    site.ranges = False
    (failed,) = run(site, tmp_path, patience, "iwm")
    assert isinstance(failed.error, FetchError)
    assert "gave up after 4 tries" in str(failed.error)
    assert visible(tmp_path) == []
    site.ranges = True
    (done,) = run(site, tmp_path, patience, "iwm")
    assert done.path.read_bytes() == HOLDINGS
    assert "range" in site.asked(IWM)[-1]


def test_a_server_that_ignores_ranges_is_read_from_the_start(
    site: Site, tmp_path: Path, patience: Patience
) -> None:
    site.files[IWM] = HOLDINGS
    site.ranges = False
    site.faults[IWM].append(Fault(drop_after=70_000))
    (done,) = run(site, tmp_path, patience, "iwm")
    assert done.path.read_bytes() == HOLDINGS
    assert "range" in site.asked(IWM)[1]


def test_a_file_that_changed_meanwhile_is_read_from_the_start(
    site: Site, tmp_path: Path, patience: Patience
) -> None:
    site.files[IWM] = HOLDINGS
    site.faults[IWM].extend(
        [Fault(drop_after=70_000), *(Fault(503) for _ in range(patience.attempts - 1))]
    )
    (failed,) = run(site, tmp_path, patience, "iwm")
    assert failed.error is not None
    site.files[IWM], site.etag = HOLDINGS.replace(b"BLOOM", b"GLOOM"), '"v2"'
    (done,) = run(site, tmp_path, patience, "iwm")
    assert site.asked(IWM)[-1]["if-range"] == '"v1"'
    assert done.path.read_bytes() == site.files[IWM]


@pytest.mark.parametrize("etag", [None, 'W/"v1"'])
def test_without_a_strong_etag_the_date_conditions_the_range(
    site: Site, tmp_path: Path, patience: Patience, etag: str | None
) -> None:
    site.files[IWM] = HOLDINGS
    site.etag, site.last_modified = etag, "Fri, 01 May 2026 01:00:00 GMT"
    site.faults[IWM].append(Fault(drop_after=70_000))
    (done,) = run(site, tmp_path, patience, "iwm")
    assert done.path.read_bytes() == HOLDINGS
    assert site.asked(IWM)[1]["if-range"] == site.last_modified


def test_without_any_version_a_file_is_never_patched_together(
    site: Site, tmp_path: Path, patience: Patience
) -> None:
    site.files[IWM] = HOLDINGS
    site.etag = None
    site.faults[IWM].append(Fault(drop_after=70_000))
    (done,) = run(site, tmp_path, patience, "iwm")
    assert done.path.read_bytes() == HOLDINGS
    assert "range" not in site.asked(IWM)[1]


def test_a_part_longer_than_the_file_is_thrown_away(
    site: Site, tmp_path: Path, patience: Patience
) -> None:
    site.files[IWM] = HOLDINGS
    site.faults[IWM].append(Fault(drop_after=70_000))
    run(site, tmp_path, Patience(attempts=1), "iwm")
    with (tmp_path / ".iwm.part").open("ab") as part:
        part.write(b"x" * len(HOLDINGS))
    (done,) = run(site, tmp_path, patience, "iwm")
    assert done.path.read_bytes() == HOLDINGS


def test_a_range_other_than_asked_for_is_not_appended(
    site: Site, tmp_path: Path, patience: Patience
) -> None:
    site.files[IWM] = HOLDINGS
    wrong = {"Content-Range": f"bytes 7-{len(HOLDINGS) - 1}/{len(HOLDINGS)}"}
    site.faults[IWM].extend([Fault(drop_after=70_000), Fault(headers=wrong)])
    (done,) = run(site, tmp_path, patience, "iwm")
    assert done.path.read_bytes() == HOLDINGS


def test_retry_after_is_honoured(
    site: Site, tmp_path: Path, patience: Patience, waits: list[float]
) -> None:
    site.files[IWM] = HOLDINGS
    site.faults[IWM].append(Fault(429, {"Retry-After": "42"}))
    (done,) = run(site, tmp_path, patience, "iwm")
    assert done.new
    assert waits == [42.0]


def test_waits_grow_while_a_server_is_unavailable(
    site: Site, tmp_path: Path, patience: Patience, waits: list[float]
) -> None:
    site.files[IWM] = HOLDINGS
    site.faults[IWM].extend([Fault(503), Fault(500), Fault(502)])
    (done,) = run(site, tmp_path, patience, "iwm")
    assert done.new
    assert 1 <= waits[0] <= 2 <= waits[1] <= 3 < 4 <= waits[2] <= 5


def test_a_server_that_asks_to_wait_for_an_hour_is_not_waited_for(
    site: Site, tmp_path: Path, patience: Patience, waits: list[float]
) -> None:
    site.faults[IWM].append(Fault(429, {"Retry-After": "3600"}))
    (failed,) = run(site, tmp_path, patience, "iwm")
    assert "asks to wait 3600 s" in str(failed.error)
    assert waits == []
    assert len(site.requests) == 1


def test_what_is_gone_is_not_tried_again(site: Site, tmp_path: Path, patience: Patience) -> None:
    (failed,) = run(site, tmp_path, patience, "iwm")
    assert "404" in str(failed.error)
    assert len(site.requests) == 1


def test_a_forbidden_sec_address_hints_at_the_contact(
    site: Site, tmp_path: Path, patience: Patience
) -> None:
    site.faults["/files/company_tickers.json"].append(Fault(403))
    (failed,) = run(site, tmp_path, patience, "company_tickers")
    assert "RECON_USER_AGENT" in str(failed.error)


def test_the_sec_is_not_asked_without_a_contact(
    site: Site, tmp_path: Path, patience: Patience
) -> None:
    site.files["/dynamic/SymDir/nasdaqlisted.txt"] = DIRECTORY
    site.files["/dynamic/SymDir/otherlisted.txt"] = DIRECTORY.replace(b"Symbol|", b"ACT Symbol|")
    done = run(site, tmp_path, patience, "company_tickers", "nasdaqtrader", user_agent=None)
    assert [(d.order.name, type(d.error)) for d in done] == [
        ("company_tickers", InputError),
        ("nasdaqlisted", type(None)),
        ("otherlisted", type(None)),
    ]
    assert "RECON_USER_AGENT" in str(done[0].error)
    assert site.asked("/files/company_tickers.json") == []


def test_a_nobody_at_home_is_one_clear_failure(tmp_path: Path, patience: Patience) -> None:
    (failed,) = run(Site("http://127.0.0.1:1"), tmp_path, patience, "iwm")
    assert isinstance(failed.error, FetchError)
    assert "ConnectError" in str(failed.error)


@pytest.mark.parametrize(
    ("name", "path", "content", "reason"),
    [
        ("iwm", IWM, PAGE, "a web page"),
        ("iwm", IWM, b"\xef\xbb\xbf" + PAGE, "a web page"),
        ("iwm", IWM, b"", "no list of holdings"),
        ("iwm", IWM, b"Ticker,Name\nBE,BLOOM\n", "no list of holdings"),
        ("iwm", IWM, HOLDINGS.replace(b'"Apr 30, 2026"', b'"-"'), "without a date"),
        ("company_tickers", "/files/company_tickers.json", b'{"0": {"cik_str": 3', "JSON"),
        ("company_tickers", "/files/company_tickers.json", b"[]", "JSON"),
        ("company_tickers", "/files/company_tickers.json", PAGE, "a web page"),
        (
            "submissions",
            "/Archives/edgar/daily-index/bulkdata/submissions.zip",
            b"PK\x03\x04 torn",
            "no zip archive",
        ),
        ("nasdaqlisted", "/dynamic/SymDir/nasdaqlisted.txt", DIRECTORY[:-40], "last line"),
        ("nasdaqlisted", "/dynamic/SymDir/nasdaqlisted.txt", b"gone", "no symbol directory"),
    ],
)
def test_what_is_not_the_file_is_refused(
    site: Site,
    tmp_path: Path,
    patience: Patience,
    name: str,
    path: str,
    content: bytes,
    reason: str,
) -> None:
    site.files[path] = content
    (failed,) = run(site, tmp_path, patience, name)
    assert isinstance(failed.error, FetchError)
    assert reason in str(failed.error)
    assert site.url in str(failed.error)
    assert [p.name for p in tmp_path.iterdir() if p.name != ".fetch.lock"] == []


def test_a_file_shorter_than_announced_is_refused(
    site: Site, tmp_path: Path, patience: Patience
) -> None:
    site.files[IWM] = HOLDINGS
    site.ranges = False
    longer = {"Content-Length": str(len(HOLDINGS) + 10)}
    site.faults[IWM].extend(
        Fault(headers=longer, drop_after=len(HOLDINGS)) for _ in range(patience.attempts)
    )
    (failed,) = run(site, tmp_path, patience, "iwm")
    assert "gave up" in str(failed.error)
    assert visible(tmp_path) == []


def test_one_failure_does_not_stop_the_others(
    site: Site, tmp_path: Path, patience: Patience
) -> None:
    site.files[IWM.replace("239710/ishares-russell-2000", "239707/ishares-russell-1000")] = HOLDINGS
    done = run(site, tmp_path, patience, "iwm", "iwb")
    assert [d.error is None for d in done] == [False, True]
    assert visible(tmp_path) == ["IWB_holdings_2026-05-01.csv"]


def test_bulk_and_single_submissions(site: Site, tmp_path: Path, patience: Patience) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as writer:
        writer.writestr("CIK0000320193.json", "{}")
    site.files["/Archives/edgar/daily-index/bulkdata/submissions.zip"] = archive.getvalue()
    site.files["/submissions/CIK0000320193.json"] = b'{"cik": "320193"}'
    done = run(site, tmp_path, patience, "submissions", ciks=("320193",))
    assert [d.error for d in done] == [None, None]
    assert visible(tmp_path) == ["submissions_2026-05-01", "submissions_2026-05-01.zip"]
    assert visible(tmp_path / "submissions_2026-05-01") == ["CIK0000320193.json"]


def test_progress_is_told(site: Site, tmp_path: Path, patience: Patience) -> None:
    site.files[IWM] = HOLDINGS
    told: list[tuple[str, int, int | None]] = []
    orders = choose(load(base_urls={"ishares": site.url}), only=("iwm",), ciks=(), day=DAY)
    list(
        fetch(
            orders,
            tmp_path,
            user_agent=None,
            patience=patience,
            progress=lambda *step: told.append(step),
        )
    )
    assert told[-1] == ("iwm", len(HOLDINGS), len(HOLDINGS))
    assert [done for _, done, _ in told] == sorted(done for _, done, _ in told)


def test_two_fetches_into_one_folder_do_not_mix(
    site: Site, tmp_path: Path, patience: Patience
) -> None:
    site.files[IWM] = HOLDINGS
    orders = choose(load(base_urls={"ishares": site.url}), only=("iwm", "iwb"), ciks=(), day=DAY)
    running = fetch(orders, tmp_path, user_agent=None, patience=patience)
    next(running)
    with pytest.raises(FetchError, match="another process"):
        next(fetch(orders, tmp_path, user_agent=None, patience=patience))
    running.close()
    assert run(site, tmp_path, patience, "iwm")[0].error is None


def test_a_folder_that_cannot_be_made_is_refused(
    site: Site, tmp_path: Path, patience: Patience
) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(InputError, match="cannot write"):
        run(site, tmp_path / "file", patience, "iwm")


@pytest.mark.realdata
def test_the_fund_files_as_users_have_them_pass(
    site: Site, tmp_path: Path, patience: Patience, real_data: Path
) -> None:
    raw = real_data / "membership" / "raw"
    site.files[IWM] = (raw / "IWM_holdings_2026-04-10.csv").read_bytes()
    site.faults[IWM].append(Fault(drop_after=100_000))
    (done,) = run(site, tmp_path, patience, "iwm")
    assert done.path.read_bytes() == site.files[IWM]
