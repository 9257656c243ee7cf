"""The patient's age at the study, which may stay where the birth date may not; a very high one stands for itself and more."""

import re
from datetime import date

from pydicom.dataset import Dataset

from imaging.clock import read_clock
from imaging.elements import read_text
from imaging.profile import load_profile

_AGE = re.compile(r"(\d{3})Y")
_DAYS = ("StudyDate", "SeriesDate", "AcquisitionDate", "ContentDate")


def keep_age(dataset: Dataset) -> bool:
    """Write PatientAge from the birth date where the header has none, never above the highest age that may be told.

    True when an age was changed or added.
    """
    written = read_text(dataset, "PatientAge")
    years = _read_years(written) if written else _years_between(*_days(dataset))
    if years is None:
        return False
    told = _tell(years)
    if told == written:
        return False
    dataset.PatientAge = told
    return told != ""


def _read_years(text: str) -> int | None:
    """Whole years of an age string; None where it is one of days, weeks or months, which is never high."""
    match = _AGE.fullmatch(text)
    return int(match[1]) if match else None


def _tell(years: int) -> str:
    ages = load_profile().ages
    if not 0 <= years <= ages.impossible_years:
        return ""
    return f"{years if years <= ages.highest_years else ages.written_years:03d}Y"


def _days(dataset: Dataset) -> tuple[date | None, date | None]:
    studied = next((day for name in _DAYS if (day := _read_day(dataset, name))), None)
    return _read_day(dataset, "PatientBirthDate"), studied


def _read_day(dataset: Dataset, keyword: str) -> date | None:
    moment = read_clock(read_text(dataset, keyword), "00")
    return moment.date() if moment else None


def _years_between(born: date | None, day: date | None) -> int | None:
    if born is None or day is None:
        return None
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
