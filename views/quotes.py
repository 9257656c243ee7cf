"""The book's words behind a finding: what the source says of the two classes the finding tells apart."""

from collections import defaultdict
from functools import cache

from decision.assessment import Reason
from decision.book import BookEntry, load_book
from views.names import subtype_abbreviation
from views.words import escape


@cache
def _entries() -> dict[str, list[BookEntry]]:
    """The book's entries by the block they belong to."""
    found: dict[str, list[BookEntry]] = defaultdict(list)
    for entry in load_book():
        found[entry.block.split(".")[0]].append(entry)
    return found


def find_quotes(reason: Reason) -> list[tuple[str, BookEntry]]:
    """The entries of the finding's block that speak of the class it is for and of the one it is against."""
    entries = _entries().get(reason.block.split(".")[0], [])
    pairs = [(code, entry) for code in (reason.for_, reason.against) for entry in entries if code in entry.subtypes]
    return [(code, entry) for code, entry in pairs if entry.quote]


def say_quote(code: str, entry: BookEntry) -> str:
    """One quote with its class, source, place and number of patients, as markdown."""
    source = f"[{escape(entry.source)}]({entry.source_url})" if entry.source_url else escape(entry.source)
    patients = f", n {entry.n}" if entry.n else ""
    place = f", {escape(entry.locator)}" if entry.locator else ""
    return f"{escape(subtype_abbreviation(code))}\\: “{escape(entry.quote)}” · {source}{place}{patients}"
