"""A CSV table as other programs write it: comma, semicolon or tab, with or without BOM, quoted here and there.

A table that is read and written back unchanged is the same byte for byte: the layout is kept beside the cells.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

DELIMITERS = (",", ";", "\t")
BOM = "\ufeff"
Progress = Callable[[int, int], None]


class TableError(ValueError):
    """A file that is no table; one sentence that says where and what would be right."""


@dataclass(frozen=True)
class Layout:
    """How the table was written. `quoted`: cells in quotes by row and column (both from 0); `ends`: each row's line end."""

    delimiter: str = ","
    bom: bool = False
    quoted: frozenset[tuple[int, int]] = frozenset()
    ends: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """The cells row by row, the header first; `rows[0]` is row 1 of the table (a cell may hold line breaks)."""

    rows: tuple[tuple[str, ...], ...]
    layout: Layout = Layout()


def decode_text(content: bytes) -> tuple[str, bool]:
    """The text and whether it began with a BOM. UTF-8, or UTF-16 with a BOM. Raises TableError."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise TableError("The file is UTF-16 (“Unicode text” of a spreadsheet): save it as CSV UTF-8.")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise TableError(f"Line {line} is not UTF-8 text: save the file as CSV UTF-8.") from None
    if "\x00" in text:
        raise TableError("The file is not text (it holds a NUL character): a CSV file is needed.")
    return text.removeprefix(BOM), text.startswith(BOM)


def read_table(content: bytes, delimiter: str | None = None) -> Table:
    """The table of a CSV file; the delimiter is the one the header uses most where none is given. Raises TableError."""
    text, bom = decode_text(content)
    if not text.strip():
        raise TableError("The file is empty: a table with a header is needed.")
    used = delimiter or _find_delimiter(text)
    rows: list[tuple[str, ...]] = []
    quoted: set[tuple[int, int]] = set()
    ends: list[str] = []
    row: list[str] = []
    pattern, place, size = _pattern(used), 0, len(text)
    while place < size or row:
        match = pattern.match(text, place)
        if match is None:
            raise TableError(
                f"Row {len(rows) + 1}, cell {len(row) + 1}: a quotation mark is not closed, or not doubled."
            )
        inside, plain, end = match.groups()
        if inside is not None:
            quoted.add((len(rows), len(row)))
        row.append(plain if inside is None else inside.replace('""', '"'))
        place = match.end()
        if end != used:
            rows.append(tuple(row))
            ends.append(end)
            row = []
    return Table(tuple(rows), Layout(used, bom, frozenset(quoted), tuple(ends)))


def write_table(table: Table) -> bytes:
    """The table as it was read; cells that need quotes get them, rows without a line end of their own get a line feed."""
    layout = table.layout
    parts = [BOM] if layout.bom else []
    for number, row in enumerate(table.rows):
        cells = (_write_cell(cell, layout, number, column) for column, cell in enumerate(row))
        parts += [layout.delimiter.join(cells), layout.ends[number] if number < len(layout.ends) else "\n"]
    return "".join(parts).encode("utf-8")


def write_rows(rows: Sequence[Sequence[str]]) -> bytes:
    """New rows, comma separated, UTF-8, a line feed at each end."""
    return write_table(Table(tuple(tuple(row) for row in rows)))


def _write_cell(cell: str, layout: Layout, row: int, column: int) -> str:
    needs = layout.delimiter in cell or any(mark in cell for mark in '"\r\n')
    if needs or (row, column) in layout.quoted:
        return '"' + cell.replace('"', '""') + '"'
    return cell


def _pattern(delimiter: str) -> re.Pattern[str]:
    mark = re.escape(delimiter)
    return re.compile(f'(?:"((?:[^"]|"")*+)"|([^{mark}\r\n"][^{mark}\r\n]*+|))({mark}|\r\n|\n|\r|\\Z)')


def _find_delimiter(text: str) -> str:
    """The mark that stands most often outside quotes in the first line that has any text."""
    header = re.sub(r'"(?:[^"]|"")*"', "", text.lstrip("\r\n")).split("\n", 1)[0]
    return max(DELIMITERS, key=header.count)
