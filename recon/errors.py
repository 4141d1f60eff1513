"""The one family of errors.

Every error carries the field, the value and what was expected, so that a person and a
program can both act on it. The command line turns each into one line on stderr and the
exit code of its class: 2 for wrong use or wrong input, 1 for everything else.
"""

LONGEST = 500
"""Letters of each part of an error; what a file holds may be of any length."""


def _shown(text: str) -> str:
    """Give a text on one line, without what a terminal would obey."""
    short = text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
    return "".join(
        letter if letter.isprintable() or letter.isspace() else ascii(letter)[1:-1]
        for letter in " ".join(short.splitlines())
    )


class ReconError(Exception):
    """Root of all errors that recon raises on purpose.

    Parameters
    ----------
    message : str
        One sentence, without a final stop.
    field : str, optional
        What was looked at: an option, a column, a file.
    value : object, optional
        What was found there.
    expected : str, optional
        What would have been right, with a hint where one can be given.
    """

    exit_code = 1

    def __init__(
        self,
        message: str,
        *,
        field: str | None = None,
        value: object = None,
        expected: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.value = value
        self.expected = expected

    def __str__(self) -> str:
        parts = [_shown(self.message)]
        if self.field is not None:
            parts.append(f"{_shown(self.field)}={_shown(str(self.value))}")
        if self.expected is not None:
            parts.append(f"expected {_shown(self.expected)}")
        return "; ".join(parts)


class InputError(ReconError):
    """The caller's input cannot be used as it is."""

    exit_code = 2


class RefusedFileError(InputError):
    """A file is not what it claims to be; nothing of it was taken."""


class UnknownEventError(InputError):
    """No event has this name."""


class UnknownSymbolError(InputError):
    """No line with this symbol was listed at the moment asked for."""


class RulebookError(InputError):
    """A rulebook, or a user's override of it, does not hold together."""


class ProfileError(InputError):
    """A desk's profile, or a value of it, does not hold together."""


class NoDataError(InputError):
    """The store holds nothing for what was asked."""


class FetchError(ReconError):
    """A public address did not give what it should after all retries."""


class StoreError(ReconError):
    """The store cannot be opened, read or written."""


class StoreTooNewError(StoreError):
    """The store was written by a newer program."""


class StoreLockedError(StoreError):
    """Another process is writing to the store."""
