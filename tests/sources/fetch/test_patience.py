import pytest

from recon.sources.fetch.patience import Pace, retry_after


def test_pace_spaces_requests_and_does_not_save_up() -> None:
    now = 100.0
    slept = []

    def sleep(seconds: float) -> None:
        nonlocal now
        slept.append(seconds)
        now += seconds

    pace = Pace(per_second=10.0, sleep=sleep, clock=lambda: now)
    pace.wait()
    pace.wait()
    now += 0.04
    pace.wait()
    now += 5.0
    pace.wait()
    pace.wait()
    assert slept == pytest.approx([0.1, 0.06, 0.1])


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7.0),
        (
            {
                "Retry-After": "Fri, 01 May 2026 12:00:30 GMT",
                "Date": "Fri, 01 May 2026 12:00:00 GMT",
            },
            30.0,
        ),
        (
            {
                "Retry-After": "Fri, 01 May 2026 11:59:00 GMT",
                "Date": "Fri, 01 May 2026 12:00:00 GMT",
            },
            0.0,
        ),
        ({"Retry-After": "Fri, 01 May 2026 12:00:30 GMT"}, None),
        ({"Retry-After": "soon"}, None),
        ({}, None),
    ],
)
def test_retry_after_reads_seconds_and_dates(
    headers: dict[str, str], seconds: float | None
) -> None:
    assert retry_after(headers) == seconds
