"""The rows of the evidence page: which the reader asks for, and how a rule's codes are written out."""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from functools import cache

from decision.book import BookEntry
from decision.vocabulary import load_vocabulary
from views.names import test_name

CODE = re.compile(r"\b[a-z][a-z0-9]*(?:_[a-z0-9]+)+\b|\b(?:potassium|bicarbonate|ipss|dheas)\b")


@dataclass(frozen=True)
class Wanted:
    """What the reader asks for: words that must all occur, a subtype, a test, grades; empty means everything."""

    words: str = ""
    subtype: str | None = None
    test: str | None = None
    grades: tuple[str, ...] = ()


def choose_entries(entries: Sequence[BookEntry], wanted: Wanted) -> tuple[BookEntry, ...]:
    """The entries that fit every wish, in the order of the book. A rule without subtypes concerns all of them."""
    words = wanted.words.casefold().split()
    return tuple(
        entry
        for entry in entries
        if (not wanted.grades or entry.grade in wanted.grades)
        and (wanted.subtype is None or not entry.subtypes or wanted.subtype in entry.subtypes)
        and (wanted.test is None or wanted.test in name_tests(entry))
        and all(word in _text_of(entry) for word in words)
    )


def name_tests(entry: BookEntry) -> tuple[str, ...]:
    """The tests a rule is about, by their screen names; a likelihood already carries its title."""
    if not entry.test:
        return ()
    parts = entry.test.split(", ")
    codes = load_vocabulary().tests
    return tuple(test_name(part) for part in parts) if all(_is_code(part, codes) for part in parts) else (entry.test,)


def list_tests(entries: Sequence[BookEntry]) -> list[str]:
    """Every test the book knows, in alphabetical order."""
    return sorted({name for entry in entries for name in name_tests(entry)}, key=str.casefold)


def write_out(text: str) -> str:
    """A rule with the codes of tests replaced by the names clinicians use."""
    return CODE.sub(lambda found: _name_code(found[0]), text)


def count_grades(entries: Sequence[BookEntry], grades: Sequence[str]) -> dict[str, int]:
    """How many rules carry each grade; a grade nobody carries counts 0."""
    return {grade: sum(entry.grade == grade for entry in entries) for grade in grades}


def write_rows(entries: Sequence[BookEntry]) -> str:
    """The rows as CSV text with a header line, for a spreadsheet or a reviewer."""
    out = io.StringIO()
    writer = csv.DictWriter(out, [field.name for field in fields(BookEntry)], lineterminator="\n")
    writer.writeheader()
    writer.writerows(asdict(entry) | {"subtypes": " ".join(entry.subtypes)} for entry in entries)
    return out.getvalue()


@cache
def _text_of(entry: BookEntry) -> str:
    parts = (entry.chapter, entry.test, entry.says, entry.does, entry.quote, entry.source, entry.locator, entry.block)
    return f"{' '.join(parts)} {write_out(entry.does)} {' '.join(entry.subtypes)}".casefold()


def _is_code(word: str, codes: object) -> bool:
    return (isinstance(codes, dict) and word in codes) or word.islower() and "_" in word


def _name_code(code: str) -> str:
    test = load_vocabulary().tests.get(code)
    return test.short_name if test else code.replace("_", " ")
