"""From an image to the case: a measured lesion as the `imaging` entry the case file knows, and the case that follows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

Entry = dict[str, Any]
# What a lesion's measurement says; where it is measured anew, what stood there before goes.
_OF_LESION = ("suv_max", "suv_mean", "suv_peak", "volume_ml", "uptake_minutes")


class MeasuredLesion(Protocol):
    """The numbers of a lesion, freshly measured or kept."""

    @property
    def suv_max(self) -> float | None: ...
    @property
    def suv_mean(self) -> float | None: ...
    @property
    def suv_peak(self) -> float | None: ...
    @property
    def volume_ml(self) -> float | None: ...


@dataclass(frozen=True)
class Background:
    """What the lesion is compared with, each None when it was not measured: SUV of liver, other adrenal, blood pool."""

    liver_suv_mean: float | None = None
    contralateral_suv_max: float | None = None
    normal_adrenal_suv_max: float | None = None
    blood_pool_suv_mean: float | None = None


def write_imaging_entry(
    measurement: MeasuredLesion,
    *,
    tracer: str | None,
    region: str,
    uptake: str | None,
    uptake_minutes: float | None,
    background: Background,
) -> Entry:
    """The entry of a case for one lesion on one tracer; what is not known is left out.

    `uptake` is the reader's word (negative, equivocal, positive): no SUV decides it. The other adrenal is compared only with
    an adrenal lesion. The case file checks region and words when it is read.
    """
    adrenal = region.startswith("adrenal")
    entry = {
        "modality": "PET",
        "tracer": tracer,
        "region": region,
        "uptake": uptake,
        "suv_max": measurement.suv_max,
        "suv_mean": measurement.suv_mean,
        "suv_peak": measurement.suv_peak,
        "volume_ml": measurement.volume_ml,
        "liver_suv_mean": background.liver_suv_mean,
        "contralateral_suv_max": background.contralateral_suv_max if adrenal else None,
        "normal_adrenal_suv_max": background.normal_adrenal_suv_max if adrenal else None,
        "blood_pool_suv_mean": background.blood_pool_suv_mean,
        "uptake_minutes": uptake_minutes,
    }
    return {name: value for name, value in entry.items() if value is not None}


def replace_entry(entries: Sequence[Mapping[str, Any]], entry: Entry, cleared: Sequence[str] = ()) -> list[Entry]:
    """The case's entries with this one over the one of the same tracer and region, or added at the end.

    What somebody wrote beside the measurement (size, side, flags) stays; `cleared` names further fields that go.
    """
    kept = [dict(one) for one in entries]
    place = _find(kept, entry)
    if place is None:
        return [*kept, entry]
    gone = {*_OF_LESION, *cleared}
    kept[place] = {name: value for name, value in kept[place].items() if name not in gone} | entry
    return kept


def remove_entry(entries: Sequence[Mapping[str, Any]], tracer: str | None, region: str) -> list[Entry]:
    """The case's entries without what PET with this tracer said of a region: it is then not known, which is no negative."""
    place = _find(entries, {"modality": "PET", "tracer": tracer, "region": region})
    return [dict(one) for n, one in enumerate(entries) if n != place]


def find_word(entries: Sequence[Mapping[str, Any]], tracer: str | None, region: str) -> str | None:
    """The reader's word of a region with a tracer, None where the case has none."""
    place = _find(entries, {"modality": "PET", "tracer": tracer, "region": region})
    return None if place is None else entries[place].get("uptake")


def _find(entries: Sequence[Mapping[str, Any]], entry: Mapping[str, Any]) -> int | None:
    names = ("modality", "tracer", "region")
    same = (n for n, one in enumerate(entries) if all(one.get(name) == entry.get(name) for name in names))
    return next(same, None)
