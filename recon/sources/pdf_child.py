"""Print the words of a PDF, within limits of time and memory; run as a program of its own.

PDFium is written in C++ and may end or hold up whoever calls it on a file that is made to do so.
It is called here, so that only this process is lost. Nothing of recon is imported, so that it
starts at once.
"""

import json
import sys

import pypdfium2 as pdfium

SECONDS = 30
"""Of processor time; the longest of the known lists takes under two."""
MEMORY = 2**30
"""Bytes of address space."""
PAGES = 500
"""The longest of the known lists has 31."""
WORDS = 250_000
"""The longest of the known lists has under 20,000."""


def _limit() -> None:
    try:
        import resource  # noqa: PLC0415 - absent on Windows, where the caller's patience is the limit
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def words(path: str) -> dict[str, object]:
    """Give `words` (page, left, middle, left over the page's width, text) and `about`.

    Where the file cannot be read there is `error` instead, which says why.
    """
    found: list[tuple[int, float, float, float, str]] = []
    try:
        with pdfium.PdfDocument(path) as document:
            if len(document) > PAGES:
                return {"error": f"it has {len(document)} pages, more than {PAGES}"}
            about = document.get_metadata_dict()
            for number, page in enumerate(document, start=1):
                width, text = page.get_width(), page.get_textpage()
                count = text.count_rects()
                if len(found) + count > WORDS:
                    return {"error": f"it has more than {WORDS} words"}
                for place in range(count):
                    left, bottom, right, top = text.get_rect(place)
                    word = text.get_text_bounded(left, bottom, right, top)
                    found.append((number, left, (bottom + top) / 2, left / width, word))
    except (pdfium.PdfiumError, OSError, ValueError, ArithmeticError, MemoryError) as error:
        return {"error": str(error).rstrip(".") or "it is damaged"}
    return {"words": found, "about": about}


if __name__ == "__main__":
    _limit()
    json.dump(words(sys.argv[1]), sys.stdout)
