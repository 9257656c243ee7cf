"""A second SUVbw calculation, written apart from the program's, to be compared with it on damaged headers.

It follows the published rules in the plainest form: one number a slice, or None where the rules refuse. Enhanced
multi-frame objects are beyond it (UNKNOWN).
"""

import math
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from benchmarks.parts.suv_facts import IN_ITEM, SAME_IN_SERIES, Facts, moment, number, zoned

UNKNOWN = "unknown"
PET = "1.2.840.10008.5.1.4.1.1.128"
ENHANCED = ("1.2.840.10008.5.1.4.1.1.130", "1.2.840.10008.5.1.4.1.1.128.1")


class Refused(Exception):
    """The rules give no number."""


def expected_factors(slices: Sequence[Facts]) -> list[float] | None | str:
    """SUVbw per rescaled pixel of every slice; None where the rules refuse; UNKNOWN where this knows no rule."""
    if any(one["SOPClassUID"] in ENHANCED for one in slices):
        return UNKNOWN
    try:
        check(slices)
        found = by_unit(slices)
    except (Refused, OverflowError, ZeroDivisionError):
        return None
    return found if all(math.isfinite(one) and one > 0 for one in found) else None


def check(slices: Sequence[Facts]) -> None:
    first = slices[0]
    for name in SAME_IN_SERIES:
        if len({same(name, one) for one in slices}) > 1:
            raise Refused
    for name in IN_ITEM:
        if len({same(name, one) for one in slices}) > 1:
            raise Refused
    if first["SOPClassUID"] not in (PET, None) or first["Modality"] != "PT":
        raise Refused
    corrected = words(first["CorrectedImage"])
    started = (first["DecayCorrection"] or "").upper() in ("START", "ADMIN")
    if "ATTN" not in corrected or (started and not corrected & {"DECY", "DECAY"}):
        raise Refused
    if not all(one["RescaleSlope known"] for one in slices):
        raise Refused


def same(name: str, facts: Facts) -> Any:
    shown = facts[name]
    numeric = name in ("PatientWeight", "PatientSize", "RadionuclideTotalDose", "RadionuclideHalfLife")
    return number(shown) if numeric else shown


def words(shown: str | None) -> set[str]:
    return {word.strip(" \0").upper() for word in (shown or "").split("\\")}


def by_unit(slices: Sequence[Facts]) -> list[float]:
    first = slices[0]
    unit, kind = (first["Units"] or "").upper(), (first["SUVType"] or "").upper()
    if unit == "GML" and kind in ("", "BW"):
        return [1.0] * len(slices)
    if unit in ("GML", "CM2ML"):
        return [normalised(first, unit, kind)] * len(slices)
    if unit == "BQML":
        return from_activity(slices)
    if unit != "CNTS":
        raise Refused
    activity = [number(one["activity"]) or 0 for one in slices]
    direct = [number(one["suv"]) or 0 for one in slices]
    if min(activity) > 0:
        return [a * f for a, f in zip(activity, from_activity(slices), strict=True)]
    if min(direct) <= 0 or (first["DecayCorrection"] or "").upper() == "NONE":
        raise Refused
    return direct


def weight_of(facts: Facts) -> float:
    weight = number(facts["PatientWeight"])
    if weight is None or weight <= 0 or weight >= 1e6:
        raise Refused
    return weight / 1000 if weight >= 1000 else weight


def normalised(facts: Facts, unit: str, kind: str) -> float:
    w, h = weight_of(facts), number(facts["PatientSize"]) or 0
    h = h * 100 if h <= 3 else h
    if not 40 <= h <= 250:
        raise Refused
    if unit == "CM2ML":
        if kind not in ("", "BSA"):
            raise Refused
        return w / (0.007184 * w**0.425 * h**0.725 * 10)
    bmi, ratio = w / (h / 100) ** 2, (w / h) ** 2
    men = {"LBM": 1.1 * w - 120 * ratio, "LBMJAMES128": 1.1 * w - 128 * ratio, "LBMJANMA": 9270 * w / (6680 + 216 * bmi),
           "IBW": 48 + 1.06 * (h - 152)}  # fmt: skip
    women = {"LBM": 1.07 * w - 148 * ratio, "LBMJAMES128": 1.07 * w - 148 * ratio,
             "LBMJANMA": 9270 * w / (8780 + 244 * bmi), "IBW": 45.5 + 0.91 * (h - 152)}  # fmt: skip
    sex = (facts["PatientSex"] or " ").upper()[0]
    if kind not in men or sex not in "MFO":
        raise Refused
    measure = {"M": men[kind], "F": women[kind], "O": (men[kind] + women[kind]) / 2}[sex]
    if measure <= 0:
        raise Refused
    return w / measure


def from_activity(slices: Sequence[Facts]) -> list[float]:
    first = slices[0]
    weight, dose, half = weight_of(first), number(first["RadionuclideTotalDose"]), number(first["RadionuclideHalfLife"])
    if half is None or not 1 <= half <= 1e9 or dose is None or dose <= 0:
        raise Refused
    if dose < 1e4:
        dose *= 1e6 if half >= 60 else 1
    elif not 1e6 <= dose <= 1e11:
        raise Refused
    return [1000 * weight / dose * growth for growth in growths(slices, half)]


def growths(slices: Sequence[Facts], half: float) -> list[float]:
    kind = (slices[0]["DecayCorrection"] or "").upper()
    if kind == "ADMIN":
        return [1.0] * len(slices)
    starts = [acquired(one) for one in slices]
    if kind == "START":
        reference = reference_time(slices, [at for at in starts if at], half)
        return [grown(reference - injected(slices[0], reference, half), half)] * len(slices)
    if kind != "NONE":
        raise Refused
    moments = [
        (at, mean) for at, one in zip(starts, slices, strict=True) if at and (mean := average(one, half)) is not None
    ]
    if len(moments) < len(slices):
        raise Refused
    injection = injected(slices[0], min(at for at in starts if at), half)
    return [grown(at + timedelta(seconds=mean) - injection, half) for at, mean in moments]


def grown(elapsed: timedelta, half: float) -> float:
    if abs(elapsed.total_seconds()) > 25 * half:
        raise Refused
    return math.exp(math.log(2) / half * elapsed.total_seconds())


def acquired(facts: Facts) -> datetime | None:
    if facts["AcquisitionDate"] is not None:
        at = moment(facts["AcquisitionDate"], facts["AcquisitionTime"])
    else:
        at = moment(facts["SeriesDate"], facts["AcquisitionTime"])
        series = moment(facts["SeriesDate"], facts["SeriesTime"])
        if at and series and series - at > timedelta(hours=12):
            at += timedelta(days=1)
    return at or zoned(facts["AcquisitionDateTime"], facts["TimezoneOffsetFromUTC"])


def average(facts: Facts, half: float) -> float | None:
    duration = number(facts["ActualFrameDuration"])
    if duration is None or not 1 <= duration <= 86_400_000:
        return None
    x = math.log(2) / half * duration / 1000
    return math.log(x / -math.expm1(-x)) / (math.log(2) / half)


def reference_time(slices: Sequence[Facts], starts: Sequence[datetime], half: float) -> datetime:
    first, earliest = slices[0], min(starts, default=None)
    for name in ("siemens", "ge"):
        known = [at for one in slices if (at := zoned(one[name], first["TimezoneOffsetFromUTC"]))]
        sane = [at for at in known if earliest is None or -86400 <= (at - earliest).total_seconds() <= 3600]
        if sane:
            return min(sane)
    series = moment(first["SeriesDate"], first["SeriesTime"])
    if series and (earliest is None or abs((series - earliest).total_seconds()) <= 10):
        return series
    computed = back_computed(slices, half)
    if series and earliest and series < earliest:
        return series if computed is None or abs((computed - series).total_seconds()) <= 60 else computed
    if computed is None:
        raise Refused
    return computed


def back_computed(slices: Sequence[Facts], half: float) -> datetime | None:
    timed = [(frt, at, one) for one in slices if (frt := number(one["FrameReferenceTime"])) is not None
             and abs(frt) <= 86_400_000 and (at := acquired(one))]  # fmt: skip
    if not timed:
        return None
    frame, at, facts = min(timed, key=lambda one: one[:2])
    mean, factor = average(facts, half), number(facts["DecayFactor"])
    makers = {(one["Manufacturer"] or "").upper() for one in slices}
    models = [one["ManufacturerModelName"] or "" for one in slices]
    ge = any(maker.startswith("GE") for maker in makers) or (
        makers == {""} and any(re.match("Discovery|SIGNA|Advance|Omni", model) for model in models)
    )
    from_start = frame == 0 or ge
    if factor and factor > 1.0005 and mean is not None:
        elapsed = math.log(factor) * half / math.log(2)
        apart = abs(elapsed - frame / 1000), abs(elapsed - frame / 1000 - mean)
        from_start = apart[1] < apart[0] if min(apart) <= 60 else from_start
    if from_start:
        return at - timedelta(milliseconds=frame)
    return at + timedelta(seconds=mean) - timedelta(milliseconds=frame) if mean is not None else None


def injected(facts: Facts, reference: datetime, half: float) -> datetime:
    hour = timedelta(hours=1)
    dated = zoned(facts["RadiopharmaceuticalStartDateTime"], facts["TimezoneOffsetFromUTC"])
    longest = timedelta(seconds=10 * half) if half >= 41_400 else 24 * hour
    if dated and -hour <= reference - dated < longest:
        return dated
    if half >= 41_400:
        raise Refused
    at = moment(reference.strftime("%Y%m%d"), facts["RadiopharmaceuticalStartTime"])
    if at is None and dated:
        at = datetime.combine(reference.date(), dated.time())
    if at is None:
        raise Refused
    at = at - 24 * hour if reference - at < -hour else at
    if reference - at > 6 * hour:
        raise Refused
    return at
