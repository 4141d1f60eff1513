"""An error is one line of bounded length that a terminal does not obey, whatever a file held."""

from hypothesis import given
from hypothesis import strategies as st

from recon.errors import LONGEST, InputError


@given(st.text(max_size=50) | st.just("x" * 100_000) | st.just("\x1b[2J\n\x9b"))
def test_an_error_is_one_short_harmless_line(text):
    said = str(InputError(text, field=text, value=text, expected=text))
    assert "\n" not in said
    assert "\x1b" not in said
    assert "\x9b" not in said
    assert len(said) < 12 * LONGEST * 4
