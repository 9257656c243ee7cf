"""Free text in a header: which words may stay, and which words are the patient's."""

import re
from collections.abc import Iterable, Sequence

from imaging.header import Header
from imaging.profile import load_profile

_WORD = re.compile(r"[A-Z0-9]+")
_DATE_LIKE = re.compile(r"(?<!\d)\d{1,4}[ ./_-]+\d{1,2}[ ./_-]+\d{1,4}(?!\d)")
_SHORTEST_WORD, _SHORTEST_NUMBER, _SHORTEST_WHOLE = 3, 4, 3


def words_of(text: str) -> list[str]:
    """Words of a text in capitals; anything but letters and digits parts them."""
    return _WORD.findall(text.upper())


def find_identities(texts: Iterable[str]) -> frozenset[str]:
    """What would give a patient away: each name or number as a whole, and its words that are no words of radiology."""
    known = load_profile().words
    found: set[str] = set()
    for text in texts:
        whole = text.strip(" \0").upper()
        found |= {word for word in words_of(whole) if word not in known and _is_telling(word)}
        if len(whole) >= _SHORTEST_WHOLE and whole not in known:
            found.add(whole)
    return frozenset(found)


def _is_telling(word: str) -> bool:
    return len(word) >= (_SHORTEST_NUMBER if word.isdigit() else _SHORTEST_WORD)


def names_patient(text: str, identities: frozenset[str]) -> bool:
    """True when a text holds one of the identities, as a word or (names and numbers as a whole) anywhere."""
    upper = text.upper()
    if any(word in identities for word in words_of(upper)):
        return True
    return any(len(one) > _SHORTEST_NUMBER and one in upper for one in identities)


def clean_text(text: str, identities: frozenset[str]) -> str:
    """The text when all its words are known; else its known words of letters alone, which may be none ("")."""
    profile = load_profile()
    words = words_of(text)
    theirs = {word for word in words if word in identities}
    known = profile.words | profile.fillers
    whole = all(word in known or profile.numbers.fullmatch(word) for word in words)
    if whole and not theirs and not _DATE_LIKE.search(text):
        return text
    return " ".join(word for word in words if word in profile.words and word not in theirs)


def clean_description(description: str | None, headers: Sequence[Header]) -> str | None:
    """A description as it may be kept for good: known words alone, none of them the patient's; None when none stays."""
    named = {text for header in headers for text in (header.patient_name, header.patient_id) if text}
    return clean_text(description or "", find_identities(named)) or None
