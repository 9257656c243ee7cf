"""What was measured on a scan before its SUV was corrected, taken along: lesions, references and the case's entries.

An outline that goes by a share of the lesion's own uptake, or by the liver's, is the same in any SUV: its numbers are
multiplied. One at a fixed SUV is drawn anew. No Streamlit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from imaging.measure import measure_region, measure_sphere
from imaging.problem import ImagingError
from imaging.volume import Volume
from store import MeasurementRecord, ReferenceRegion, SeriesRecord
from views.words import say_list, say_number

Entry = dict[str, Any]
MARK = "Measured before the correction"
_LESION = ("suv_max", "suv_mean", "suv_peak", "total_uptake", "liver_suv_mean", "contralateral_suv_max")
_REGION = ("suv_mean", "suv_sd", "suv_max")
_OUTLINED = ("suv_max", "suv_mean", "suv_peak", "volume_ml")
_ENTRY = (
    "suv_max", "suv_mean", "suv_peak", "contralateral_suv_max", "normal_adrenal_suv_max", "liver_suv_mean",
    "blood_pool_suv_mean",
)  # fmt: skip
_SAME_MINUTES = 0.06


@dataclass(frozen=True)
class Step:
    """From one SUV to another: the volume as it is now (along the patient's axes), and what all its slices were multiplied
    by, None where they differ. `had_suv`, `has_suv`: whether there was and is an SUV at all.
    """

    volume: Volume
    ratio: float | None
    had_suv: bool
    has_suv: bool
    says: str

    @property
    def factor(self) -> float | None:
        """What an SUV is multiplied by, None where it cannot be multiplied."""
        return self.ratio if self.had_suv and self.has_suv else None


def is_marked(lesion: MeasurementRecord) -> bool:
    """True for a lesion that was measured in another SUV and taken along."""
    return any(one.startswith(MARK) for one in lesion.quality or ())


def follow_lesion(lesion: MeasurementRecord, step: Step, liver: ReferenceRegion | None = None) -> MeasurementRecord:
    """The lesion in the SUV of now, marked; what cannot be known any more is None."""
    scaled = _scale(lesion, _LESION, step.factor)
    if step.factor is None and step.has_suv and liver:
        scaled["liver_suv_mean"] = liver.suv_mean
    followed = replace(lesion, **(scaled | _outline_again(lesion, step, liver)))
    says = f"{MARK} ({step.says}) as SUVmax {say_number(lesion.suv_max)}, recomputed with it."
    kept = tuple(one for one in lesion.quality or () if not one.startswith(MARK))
    return replace(followed, quality=(*kept, says))


def _outline_again(lesion: MeasurementRecord, step: Step, liver: ReferenceRegion | None) -> dict[str, Any]:
    """The numbers of a new outline where the old one does not hold; empty where multiplying is right."""
    fixed = (lesion.threshold or "").startswith("SUV:")
    if not step.has_suv or (step.factor is not None and not fixed):
        return {}
    lost: dict[str, Any] = dict.fromkeys(("suv_mean", "suv_peak", "volume_ml", "total_uptake"))
    if lesion.at_mm is None or lesion.threshold is None:
        return lost if fixed else {}
    try:
        found = measure_region(step.volume, lesion.at_mm, lesion.threshold, liver.at_mm if liver else None)
    except ImagingError:
        return lost
    return {name: getattr(found, name) for name in (*_OUTLINED, "total_uptake")}


def follow_region(region: ReferenceRegion, step: Step) -> ReferenceRegion:
    """The sphere in the SUV of now."""
    if step.has_suv and step.factor is None and region.at_mm and region.diameter_mm:
        try:
            sphere = measure_sphere(step.volume, region.at_mm, region.diameter_mm)
        except ImagingError:
            return replace(region, suv_mean=None, suv_sd=None, suv_max=None)
        return replace(region, suv_mean=sphere.mean, suv_sd=sphere.sd, suv_max=sphere.max)
    return replace(region, **_scale(region, _REGION, step.factor))


def _scale(record: object, names: Sequence[str], factor: float | None) -> dict[str, Any]:
    values = {name: getattr(record, name) for name in names}
    return {name: None if value is None or factor is None else value * factor for name, value in values.items()}


def follow_case(
    case: Mapping[str, Any], scans: tuple[SeriesRecord, SeriesRecord], lesions: Sequence[MeasurementRecord], step: Step
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The case with the PET entries of this scan in the SUV of now (`scans`: before, after; `lesions`: as they are now).

    An entry is of this scan when a lesion of its region was measured here, or its uptake time is this scan's. The regions
    of entries with the same tracer that nothing ties to this scan are given back: their SUVs are left as they stand.
    """
    before, after = scans
    entries: list[Entry] = []
    left: list[str] = []
    for entry in case.get("imaging") or []:
        here = [one for one in lesions if one.site == entry.get("region")]
        if entry.get("modality") != "PET" or entry.get("tracer") != before.tracer:
            entries.append(dict(entry))
        elif here or _same_minutes(entry, before):
            entries.append(_follow_entry(entry, after, here, step))
        else:
            entries.append(dict(entry))
            left += [str(entry.get("region"))] if any(name in entry for name in _ENTRY) else []
    return dict(case) | {"imaging": entries}, tuple(left)


def _same_minutes(entry: Entry, scan: SeriesRecord) -> bool:
    minutes = entry.get("uptake_minutes")
    return (
        minutes is not None and scan.uptake_minutes is not None and abs(minutes - scan.uptake_minutes) <= _SAME_MINUTES
    )


def _follow_entry(entry: Entry, after: SeriesRecord, here: Sequence[MeasurementRecord], step: Step) -> Entry:
    values = {name: entry[name] for name in _ENTRY if name in entry}
    changed: Entry = {name: None if step.factor is None else _short(v * step.factor) for name, v in values.items()}
    hottest = max(here, key=lambda one: one.suv_max or 0.0, default=None)
    if hottest and (step.factor is None or (hottest.threshold or "").startswith("SUV:")):
        changed |= {name: getattr(hottest, name) for name in _OUTLINED}
        changed["liver_suv_mean"] = hottest.liver_suv_mean
    changed |= {"tracer": after.tracer, "uptake_minutes": after.uptake_minutes}
    return {name: value for name, value in (entry | changed).items() if value is not None}


def _short(number: float) -> float:
    return float(f"{number:.6g}")


def say_left(regions: Sequence[str], names: Mapping[str, str]) -> str:
    """What a reader must look at by hand."""
    if not regions:
        return ""
    where = say_list([names.get(one, one) for one in regions])
    return (
        f"The case has SUVs of this tracer ({where}) that were not measured on this scan: they are left as they were "
        "written; check whether they rest on the same wrong value."
    )
