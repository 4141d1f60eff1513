"""The one family of errors.

Every error carries the field, the value and what was expected, so that a person and a
program can both act on it. The command line turns each into one line on stderr and the
exit code of its class: 2 for wrong use or wrong input, 1 for everything else.
"""


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
        parts = [self.message]
        if self.field is not None:
            parts.append(f"{self.field}={self.value!s}")
        if self.expected is not None:
            parts.append(f"expected {self.expected}")
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
