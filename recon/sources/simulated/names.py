"""A made-up vocabulary: company names and symbols that belong to nobody.

Every symbol begins with Q, X or Z, so that a simulated line is known on sight.
"""

from itertools import product

import numpy as np
from numpy.typing import NDArray

_FIRST = (
    "Al", "Bel", "Cor", "Dra", "El", "Fen", "Gal", "Hal", "Il", "Jor", "Kel", "Lor", "Mar", "Nor",
    "Ov", "Per", "Quil", "Ras", "Sel", "Tor", "Ul", "Vel", "Wen", "Xan", "Yor", "Zel", "Bran",
    "Cald", "Dun", "Fal",
)  # fmt: skip
_MIDDLE = (
    "a", "e", "i", "o", "u", "ari", "ene", "ilo", "omi", "ura", "and", "ess", "int", "ond", "ust",
)  # fmt: skip
_LAST = (
    "thane", "mora", "dyne", "ria", "veon", "lux", "rax", "nova", "tis", "zar", "quon", "bryn",
    "dell", "fex", "gard", "holm", "kara", "lith", "mund", "nyx", "pra", "sca", "tova", "vance",
    "wick",
)  # fmt: skip
_LETTERS = np.array(list("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))


def stems(rng: np.random.Generator, count: int) -> list[str]:
    """Draw distinct invented words, the first part of a company's name.

    Parameters
    ----------
    rng : Generator
        Source of chance.
    count : int
        At most 11,000.

    Returns
    -------
    list of str
        Such as `Velarilux`.
    """
    words = np.unique(["".join(parts) for parts in product(_FIRST, _MIDDLE, _LAST)])
    return [str(word) for word in rng.permutation(words)[:count]]


def new_stems(rng: np.random.Generator, count: int) -> list[str]:
    """Draw distinct words that `stems` never gives, for companies that change their name.

    Parameters
    ----------
    rng : Generator
        Source of chance.
    count : int
        At most 870.

    Returns
    -------
    list of str
        Such as `VelXan`.
    """
    words = np.array(["".join(parts) for parts in product(_FIRST, _FIRST) if len(set(parts)) == 2])
    return [str(word) for word in rng.permutation(words)[:count]]


def symbols(rng: np.random.Generator, letters: NDArray[np.int64]) -> list[str]:
    """Draw distinct symbols.

    Parameters
    ----------
    rng : Generator
        Source of chance.
    letters : array of int
        Length of each symbol, 3 or 4; at most 2,028 of length 3.

    Returns
    -------
    list of str
        In the order of `letters`.
    """
    found = np.empty(len(letters), dtype="<U4")
    for length in (3, 4):
        here = letters == length
        codes = rng.choice(3 * 26 ** (length - 1), size=int(here.sum()), replace=False)
        text = np.array(["Q", "X", "Z"])[codes % 3]
        codes = codes // 3
        for _ in range(length - 1):
            text = np.char.add(text, _LETTERS[codes % 26])
            codes = codes // 26
        found[here] = text
    return [str(symbol) for symbol in found]
