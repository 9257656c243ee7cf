"""The reference regions of the open scan: with the patient where the scan is attached, else kept until it is."""

from dataclasses import dataclass
from typing import Any

from imaging.annotate import Marker
from imaging.extent import Point
from imaging.measure import SphereStatistics
from imaging.propose import Proposal
from imaging.references import load_organs, measure_organ
from imaging.volume import Volume
from store import ReferenceRegion
from views import data, state
from views.measured_scan import change_scan
from views.scan import Scan

_SET_COLOUR, _PROPOSED_COLOUR = "#D5DAE0", "#E69F00"
_LABELS = {
    "liver": "liver",
    "blood_pool": "blood",
    "spleen": "spleen",
    "adrenal_left": "LA",
    "adrenal_right": "RA",
    "normal_adrenal": "NA",
}


@dataclass(frozen=True)
class Offer:
    """A proposal with what the PET shows there; waits for the reader."""

    proposal: Proposal
    sphere: SphereStatistics


def draft_of(scan_uid: str) -> dict[str, Any]:
    """Of one scan: "regions" not kept with a patient yet, "offers" that wait, and the last "refused" sentence."""
    draft = state.draft(f"imaging_references:{scan_uid}")
    draft.setdefault("regions", {})
    draft.setdefault("offers", {})
    return draft


def forget_references(scan_uid: str) -> None:
    """Drop what is not kept with a patient: it was measured in another SUV, or is attached now."""
    state.drop_draft(f"imaging_references:{scan_uid}")


def regions_of(scan: Scan) -> dict[str, ReferenceRegion]:
    """By organ, in the order of the organs."""
    kept: dict[str, ReferenceRegion] = {}
    if scan.stored:
        every = data.the_store().fetch_reference_regions(scan.record.patient_id)
        kept = {one.organ: one for one in every if one.series_uid == scan.uid}
    kept |= draft_of(scan.uid)["regions"]
    return {organ: kept[organ] for organ in load_organs() if organ in kept}


def measure_reference(scan: Scan, volume: Volume, organ: str, at_mm: Point, placed: str) -> ReferenceRegion:
    """The organ's sphere there; ImagingError in a sentence where it cannot be measured."""
    sphere = measure_organ(volume, organ, at_mm)
    return make_region(scan, organ, at_mm, sphere, placed)


def make_region(scan: Scan, organ: str, at_mm: Point, sphere: SphereStatistics, placed: str) -> ReferenceRegion:
    return ReferenceRegion(
        patient_id=scan.record.patient_id,
        series_uid=scan.uid,
        organ=organ,
        at_mm=at_mm,
        diameter_mm=load_organs()[organ].diameter_mm,
        suv_mean=sphere.mean,
        suv_sd=sphere.sd,
        suv_max=sphere.max,
        placed=placed,
    )


def keep_region(scan: Scan, region: ReferenceRegion) -> None:
    """With the patient, where lesions and case follow; StoreError or CaseError. Of an upload: until it is attached."""
    draft_of(scan.uid)["offers"].pop(region.organ, None)
    if scan.stored:
        change_scan(data.the_store(), scan.record, saved=[region], why=f"reference set ({region.organ})")
    else:
        draft_of(scan.uid)["regions"][region.organ] = region


def drop_region(scan: Scan, region: ReferenceRegion) -> None:
    """Take it away; lesions and case follow."""
    if draft_of(scan.uid)["regions"].pop(region.organ, None) is None:
        change_scan(data.the_store(), scan.record, removed=[region], why=f"reference taken away ({region.organ})")


def reference_markers(scan: Scan) -> tuple[Marker, ...]:
    """Where the references lie, and with a question mark where one is proposed."""
    organs = load_organs()
    kept = [
        Marker(_LABELS[one.organ], one.at_mm, (one.diameter_mm or organs[one.organ].diameter_mm) / 2, _SET_COLOUR)
        for one in regions_of(scan).values()
        if one.at_mm
    ]
    offers: dict[str, Offer] = draft_of(scan.uid)["offers"]
    waiting = [
        Marker(f"{_LABELS[name]}?", offer.proposal.at_mm, organs[name].diameter_mm / 2, _PROPOSED_COLOUR)
        for name, offer in offers.items()
        if offer.proposal.at_mm
    ]
    return (*kept, *waiting)
