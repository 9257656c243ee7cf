"""One patient's disguise: the pseudonym, one shift of all dates, and a new UID for every old one.

All of it follows from a secret by HMAC-SHA256, so the same patient gets the same shift and the same study the same UIDs
in every upload, and nobody without the secret can undo either. The shift is the patient's. A UID is one thing's in the
whole world, so the secret alone renames it: a study is known again even before anybody has said whose it is.
"""

import hashlib
import hmac
import re
import uuid
from dataclasses import dataclass, field
from datetime import date, timedelta

from imaging.problem import ImagingError
from imaging.profile import load_profile

_PSEUDONYM = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}")
_DATE = re.compile(r"\s*(\d{4})([.:-]?)(\d{2})([.:-]?)(\d{2})(.*)", re.DOTALL)
# Roots under which the standard itself names things; they are nobody's.
_STANDARD_ROOT = "1.2.840.10008."


@dataclass(frozen=True)
class Pseudonym:
    """A patient's name in the trial, and what goes with it; `secret` stays with the site."""

    name: str
    secret: str = field(repr=False)

    def __post_init__(self) -> None:
        if not _PSEUDONYM.fullmatch(self.name):
            raise ImagingError(
                f"The pseudonym {self.name!r} cannot be used; write up to 32 letters, digits, - or _, such as P017."
            )
        if not self.secret.strip():
            raise ImagingError("A secret is needed to shift dates and replace UIDs; give any text that only you know.")

    @property
    def date_offset_days(self) -> int:
        """Days added to every date of this patient; negative, the same every time."""
        earliest, latest = load_profile().days
        return earliest + int.from_bytes(self._digest("dates", self.name, "")[:8]) % (latest - earliest + 1)

    @property
    def secret_mark(self) -> str:
        """Tells one secret from another without giving it away: kept with what was shifted by it."""
        return self._digest("mark").hex()[:12]

    def mark_person(self, patient_id: str | None) -> str | None:
        """Tells one hospital number from another without giving it away; None where there is no number."""
        plain = (patient_id or "").strip(" \0").upper()
        return self._digest("person", plain).hex()[:16] if plain else None

    def replace_uid(self, uid: str) -> str:
        """The new UID (2.25. and a UUID, PS3.5 B.2) of an old one; UIDs of the standard stay as they are."""
        plain = uid.strip(" \0")
        if not plain or plain.startswith(_STANDARD_ROOT):
            return plain
        return f"2.25.{uuid.UUID(bytes=self._digest('uid', plain)[:16], version=5).int}"

    def shift_day(self, day: date) -> date:
        """A date by the patient's shift."""
        return day + timedelta(days=self.date_offset_days)

    def true_day(self, shifted: date) -> date:
        """The date before the patient's shift."""
        return shifted - timedelta(days=self.date_offset_days)

    def shift_text(self, text: str) -> str:
        """A DICOM date (DA) or date-time (DT) by the patient's shift, its time of day and zone untouched.

        "" when the text does not begin with a whole date: it cannot be shifted, so it cannot stay.
        """
        return shift_text(text, self.date_offset_days)

    def _digest(self, *words: str) -> bytes:
        return hmac.new(self.secret.encode(), "\0".join(words).encode(), hashlib.sha256).digest()


def shift_text(text: str, days: int) -> str:
    """A date or date-time moved by whole days, its time of day and zone untouched; "" when it begins with no date."""
    match = _DATE.fullmatch(text)
    if match is None:
        return ""
    year, first, month, second, day, rest = match.groups()
    try:
        moved = date(int(year), int(month), int(day)) + timedelta(days=days)
    except (ValueError, OverflowError):
        return ""
    return f"{moved.year:04d}{first}{moved.month:02d}{second}{moved.day:02d}{rest}" if _is_clock(rest) else ""


def disguise_patient(patient_id: str, secret: str) -> Pseudonym:
    """The disguise of a patient of the trial: under the patient's own pseudonym, or under a code that stands for it."""
    name = patient_id.strip()
    if _PSEUDONYM.fullmatch(name):
        return Pseudonym(name, secret)
    return Pseudonym(_code("X", "patient", name, secret), secret)


def disguise_stranger(hospital_number: str | None, secret: str) -> Pseudonym:
    """The disguise of somebody who is no patient of the trial yet, the same for the same number of a hospital."""
    return Pseudonym(_code("NEW", "stranger", hospital_number or "", secret), secret)


def _code(start: str, *words: str) -> str:
    *said, secret = words
    digest = hmac.new(secret.encode(), "\0".join(said).encode(), hashlib.sha256)
    return f"{start}-{digest.hexdigest()[:10]}"


def _is_clock(text: str) -> bool:
    """True when what follows a date is a time of day with an optional fraction and zone, or nothing."""
    return re.fullmatch(r"[\d:.]*([+-]\d{2}:?\d{2})?[ \0]*", text) is not None
