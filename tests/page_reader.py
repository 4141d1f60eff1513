"""Reads a page back as a browser would: its tables, its texts, what it refers to."""

import json
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

VOID = {"meta", "link", "input", "br", "path", "line", "rect"}


@dataclass
class Reader(HTMLParser):
    """Cells of every table by its caption or the label of its region, and all else of interest."""

    tables: dict[str, list[list[str]]] = field(default_factory=dict)
    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    raw: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._region = ""
        self._table: list[list[str]] | None = None
        self._cell = False
        self._open = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        self.tags.append((tag, said))
        self._open = tag
        if tag in {"script", "style"}:
            self.raw.setdefault(tag + (said.get("type") or ""), []).append("")
        if said.get("role") == "region":
            self._region = said["aria-label"] or ""
        if tag == "table":
            self._table = self.tables.setdefault(self._region, [])
        if self._table is None:
            if tag in {"h1", "h2", "h3", "figcaption"}:
                self.headings.append("")
            return
        if tag == "tr":
            self._table.append([])
        self._cell = tag in {"td", "th"} or (self._cell and tag not in {"tr", "tbody", "thead"})
        if tag in {"td", "th"}:
            self._table[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "table":
            self._table, self._cell = None, False
        if tag in {"h1", "h2", "h3", "figcaption"}:
            self._open = ""

    def handle_data(self, data: str) -> None:
        if self._open in {"script", "style"} and self.cdata_elem:
            kind = dict(self.tags[-1][1]).get("type") or ""
            self.raw[self._open + kind][-1] += data
            return
        self.texts.append(data)
        if self._cell and self._table:
            self._table[-1][-1] += data.strip()
        elif self._open in {"h1", "h2", "h3", "figcaption"}:
            self.headings[-1] += data

    def rows(self, label: str) -> list[dict[str, str]]:
        """Rows of a table by the titles in its head."""
        head, *others = self.tables[label]
        return [dict(zip(head, row, strict=True)) for row in others]

    def data(self) -> dict[str, Any]:
        """What the page's script reads."""
        found: dict[str, Any] = json.loads(self.raw["scriptapplication/json"][0])
        return found

    def said(self) -> str:
        """All that is written on the page."""
        return " ".join(" ".join(self.texts).split())


def read(html: str) -> Reader:
    """Read a page."""
    reader = Reader()
    reader.feed(html)
    reader.close()
    return reader
