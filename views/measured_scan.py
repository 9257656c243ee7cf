"""What is measured on one scan, changed together with the case that follows from it: all or nothing. No Streamlit.

The case has one entry a tracer and region: of the hottest lesion there, with the reader's word for it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from exchange.case_entry import Background, Entry, find_word, remove_entry, replace_entry, write_imaging_entry
from imaging.references import OTHER_ADRENAL, Uptake
from store import MeasurementRecord, ReferenceRegion, SeriesRecord, Store

_FIELDS = {
    "liver": "liver_suv_mean",
    "normal_adrenal": "normal_adrenal_suv_max",
    "blood_pool": "blood_pool_suv_mean",
}


@dataclass(frozen=True)
class Measured:
    """The lesions and the reference regions of one scan."""

    lesions: tuple[MeasurementRecord, ...] = ()
    regions: tuple[ReferenceRegion, ...] = ()

    @property
    def organs(self) -> dict[str, Uptake]:
        return uptake_of(self.regions, self.lesions)


def uptake_of(regions: Iterable[ReferenceRegion], lesions: Iterable[MeasurementRecord]) -> dict[str, Uptake]:
    """SUVs by organ; an adrenal's maximum counts its lesions, so that the other side is compared with all of it."""
    organs = {one.organ: Uptake(one.suv_mean, one.suv_max) for one in regions}
    for lesion in lesions:
        if lesion.site in OTHER_ADRENAL and lesion.suv_max is not None:
            found = organs.get(lesion.site, Uptake(None, None))
            organs[lesion.site] = Uptake(found.mean, max(lesion.suv_max, found.max or 0.0))
    return organs


def fetch_measured(store: Store, patient_id: str, series_uid: str) -> Measured:
    """What is kept of a scan."""
    lesions = (one for one in store.fetch_measurements(patient_id) if one.series_uid == series_uid)
    regions = (one for one in store.fetch_reference_regions(patient_id) if one.series_uid == series_uid)
    return Measured(tuple(lesions), tuple(regions))


def change_scan(
    store: Store,
    record: SeriesRecord,
    *,
    removed: Sequence[MeasurementRecord | ReferenceRegion] = (),
    saved: Sequence[MeasurementRecord | ReferenceRegion] = (),
    who: str | None = None,
    why: str | None = None,
) -> None:
    """Take away and keep; every lesion of the scan and the case's entries follow. Raises StoreError or CaseError."""
    before = fetch_measured(store, record.patient_id, record.series_uid)
    after = _compare(before, _apply(before, removed, saved))
    changed = [one for one in after.lesions if one not in before.lesions]
    regions = [one for one in saved if isinstance(one, ReferenceRegion)]
    case = _follow(store.fetch_case(record.patient_id), record, before, after)
    store.change_images(removed=removed, saved=[*changed, *regions], case=case, who=who, why=why)


def _apply(
    before: Measured,
    removed: Sequence[MeasurementRecord | ReferenceRegion],
    saved: Sequence[MeasurementRecord | ReferenceRegion],
) -> Measured:
    lesions = {one.lesion: one for one in before.lesions}
    regions = {one.organ: one for one in before.regions}
    for gone in removed:
        if isinstance(gone, MeasurementRecord):
            lesions.pop(gone.lesion, None)
        else:
            regions.pop(gone.organ, None)
    for one in saved:
        if isinstance(one, MeasurementRecord):
            lesions[one.lesion] = one
        else:
            regions[one.organ] = one
    return Measured(tuple(lesions.values()), tuple(regions.values()))


def _compare(before: Measured, after: Measured) -> Measured:
    """Each lesion with the liver and the other adrenal as they now are; what was measured before there were regions stays."""
    old, new = before.organs, after.organs

    def follow(organ: str, statistic: str, kept: float | None) -> float | None:
        if organ in new or organ in old:
            return getattr(new[organ], statistic) if organ in new else None
        return kept

    lesions = []
    for one in after.lesions:
        other = OTHER_ADRENAL.get(one.site or "")
        across = follow(other, "max", one.contralateral_suv_max) if other else None
        liver = follow("liver", "mean", one.liver_suv_mean)
        lesions.append(replace(one, liver_suv_mean=liver, contralateral_suv_max=across))
    return Measured(tuple(lesions), after.regions)


def _follow(case: dict[str, Any], record: SeriesRecord, before: Measured, after: Measured) -> dict[str, Any]:
    """The case with an entry for every region that has a lesion, and none where the last lesion was taken away."""
    entries: list[Entry] = list(case.get("imaging") or [])
    gone = [_FIELDS[one.organ] for one in before.regions if one.organ in _FIELDS and one.organ not in after.organs]
    for region in _regions_to_follow(before, after):
        here = [one for one in after.lesions if one.site == region]
        if not here:
            entries = remove_entry(entries, record.tracer, region)
            continue
        hottest = max(here, key=lambda one: one.suv_max or 0.0)
        word = hottest.uptake or find_word(entries, record.tracer, region)
        entry = _write(record, hottest, region, word, after.organs)
        entries = replace_entry(entries, entry, [*gone, "contralateral_suv_max", "liver_suv_mean"])
    return case | {"imaging": entries}


def _regions_to_follow(before: Measured, after: Measured) -> list[str]:
    """The regions whose lesions or comparisons are no longer what they were; all, when blood or normal adrenal are not."""
    old, new = before.organs, after.organs
    everywhere = any(old.get(organ) != new.get(organ) for organ in _FIELDS)
    regions = dict.fromkeys(one.site for one in (*before.lesions, *after.lesions) if one.site)
    return [
        region
        for region in regions
        if everywhere
        or [one for one in before.lesions if one.site == region] != [one for one in after.lesions if one.site == region]
    ]


def _write(
    record: SeriesRecord, lesion: MeasurementRecord, region: str, word: str | None, organs: dict[str, Uptake]
) -> Entry:
    unknown = Uptake(None, None)
    return write_imaging_entry(
        lesion,
        tracer=record.tracer,
        region=region,
        uptake=word,
        uptake_minutes=record.uptake_minutes,
        background=Background(
            lesion.liver_suv_mean,
            lesion.contralateral_suv_max,
            organs.get("normal_adrenal", unknown).max,
            organs.get("blood_pool", unknown).mean,
        ),
    )
