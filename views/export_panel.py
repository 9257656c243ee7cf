"""A measured lesion to take away: behind a button, one zip with NIfTI, JSON and key image, and DICOM where it can be."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import streamlit as st

from exchange.dicom_source import Owner, SourceImages
from exchange.lesion import DRAWN, SYNTHETIC_NOTE, Lesion, Stamp, make_uids, say_corrected
from imaging.annotate import Marker
from imaging.dicom import Series
from imaging.extent import Point
from imaging.measure import Measurement, find_region, measure_region
from imaging.problem import ImagingError
from imaging.region import Mask
from imaging.render import View, render_slice
from imaging.window import suggest_window
from store import MeasurementRecord
from views import data, state
from views.correction import follow_series
from views.lesion_picture import CLOSE_UP_MM, SIZE_PX
from views.measure_panel import measuring
from views.names import site_name
from views.pacs_sending import show_sending
from views.regions import find_mask
from views.scan import Scan
from views.scan_day import move_moment
from views.viewer import Shown
from views.volumes import OpenVolume

DRAFT = "imaging_export"
_NEW = "new lesion"
_SAME_SUV = 1e-3
_DICOM = "NIfTI, a JSON of every input, the key image, and DICOM SEG, SR, RTSTRUCT and Secondary Capture."
_NO_DICOM = (
    "NIfTI, a JSON of every input and the key image. DICOM objects need the headers of the images, which are not kept "
    "with a stored scan: upload the study again for those."
)


@dataclass(frozen=True)
class Candidate:
    """A lesion that can be exported: where and how it was outlined, and its SUVmax then."""

    name: str
    site: str | None
    at_mm: Point
    threshold: str
    suv_max: float | None


@dataclass(frozen=True)
class _Kept:
    """What of an upload outlives its attaching, for this session: the headers and whose they are."""

    series: Series
    owner: Owner


def show_export(scan: Scan, shown: Shown, lesions: Sequence[MeasurementRecord]) -> None:
    """The button; nothing where no lesion of this scan is measured."""
    _remember(scan)
    offered = find_candidates(scan, lesions)
    pet = shown.pet
    if pet is None or pet.volume.unit != "SUVbw" or not offered:
        return
    with st.popover("Export a lesion…", icon=":material/download:", width="stretch"):
        chosen = st.selectbox("Lesion", offered, format_func=_say_candidate, key=f"imaging_export:{scan.uid}")
        source = _source(scan)
        st.caption(_DICOM if source else _NO_DICOM)
        if chosen.name == _NEW:
            st.caption("It is not attached yet, so its region is not in the files.")
        if st.button("Prepare the files", icon=":material/folder_zip:", width="stretch"):
            _prepare(chosen, scan, pet, shown.ct, source)
        _show_ready(scan, chosen)


def find_candidates(scan: Scan, lesions: Sequence[MeasurementRecord]) -> list[Candidate]:
    """The lesions of this scan whose place and threshold are known, the one just measured first."""
    known = [
        Candidate(one.lesion, one.site, one.at_mm, one.threshold, one.suv_max)
        for one in lesions
        if one.series_uid == scan.uid and one.at_mm and one.threshold
    ]
    kept = measuring(scan.uid)
    fresh = kept.get("measurement")
    if fresh is None or isinstance(fresh, str):
        return known
    return [Candidate(_NEW, None, kept["at_mm"], kept["threshold"], fresh.suv_max), *known]


def _say_candidate(one: Candidate) -> str:
    if one.name == _NEW:
        return "Just measured"
    region = f", {site_name(one.site)}" if one.site else ""
    return f"Lesion {one.name}{region}" if one.name.isdigit() else one.name


def _remember(scan: Scan) -> None:
    """Keep headers while the session lasts, also when the scan is corrected or attached."""
    kept: dict[str, _Kept] = state.draft(DRAFT).setdefault("sources", {})
    owner = scan.owner or (kept[scan.uid].owner if scan.uid in kept else None)
    if scan.series is not None and owner is not None:
        kept[scan.uid] = _Kept(scan.series, owner)


def _source(scan: Scan) -> SourceImages | None:
    kept: _Kept | None = state.draft(DRAFT).get("sources", {}).get(scan.uid)
    # A correction made after the upload was attached is in the record alone.
    return SourceImages(follow_series(kept.series, scan.record), kept.owner) if kept else None


def _prepare(
    chosen: Candidate, scan: Scan, pet: OpenVolume, ct: OpenVolume | None, source: SourceImages | None
) -> None:
    from exchange.dicom_capture import KeyImage
    from exchange.lesion_package import ScanPart, write_package  # DICOM writing is loaded when somebody exports

    try:
        with st.spinner("Writing the files"):
            lesion = outline_lesion(chosen, scan, pet)
            case_id = state.current_patient() or "not attached"
            part = ScanPart(case_id, scan.record.tracer, scan.record.inspection, source)
            key = KeyImage(*_draw(lesion, scan.record.tracer, pet, ct))
            packed = write_package(part, lesion, key, _make_stamp(scan, source))
    except ImagingError as error:
        st.warning(str(error), icon=":material/block:")
        return
    state.draft(DRAFT)["ready"] = (scan.uid, scan.record.volume_path, chosen, lesion.caution, packed)


def outline_lesion(chosen: Candidate, scan: Scan, pet: OpenVolume) -> Lesion:
    """The lesion outlined again as it was measured; ImagingError when that no longer gives the same SUVmax."""
    liver = measuring(scan.uid)["references"].get("liver")
    if chosen.threshold == "liver" and liver is None:
        raise ImagingError("This outline rests on the liver, whose place is not kept: measure the lesion again.")
    if chosen.threshold == DRAWN:
        return _make_lesion(chosen, scan, pet, *find_mask(scan, pet, chosen.at_mm, chosen.suv_max))
    where = (chosen.at_mm, chosen.threshold, liver.at_mm if liver else None)
    measured = measure_region(pet.volume, *where)
    if chosen.suv_max is not None and abs(measured.suv_max - chosen.suv_max) > _SAME_SUV * measured.suv_max:
        raise ImagingError(
            f"The lesion was measured with SUVmax {chosen.suv_max:.2f}, and the scan now gives {measured.suv_max:.2f}: "
            "measure it again before exporting it."
        )
    return _make_lesion(chosen, scan, pet, find_region(pet.volume, *where).mask, measured)


def _make_lesion(chosen: Candidate, scan: Scan, pet: OpenVolume, mask: Mask, measured: Measurement) -> Lesion:
    uid = make_uids("lesion", scan.uid, chosen.name)()
    return Lesion(
        chosen.name,
        chosen.site,
        mask,
        pet.volume,
        measured,
        chosen.threshold,
        uid,
        say_corrected(scan.record.inspection),
    )


def _draw(lesion: Lesion, tracer: str | None, pet: OpenVolume, ct: OpenVolume | None) -> tuple[bytes, str]:
    """The axial slice through the hottest voxel, PET on CT where there is one, and what it shows in words."""
    at_mm, mode = lesion.measurement.max_mm, "fused" if ct else "PET"
    window = suggest_window(pet.volume, tracer)
    view, marker = View(pet.extent, CLOSE_UP_MM), Marker(lesion.name, at_mm)
    picture = render_slice(pet.volume, ct.volume if ct else None, "axial", at_mm, window, mode, [marker], SIZE_PX, view)
    return picture.data, picture.alt


def _make_stamp(scan: Scan, source: SourceImages | None) -> Stamp:
    patient_id = state.current_patient()
    patient = data.the_store().fetch_patient(patient_id) if patient_id else None
    said = str(source.owner.module.get("StudyDescription", "")) if source else ""
    synthetic = bool(patient and patient.synthetic) or SYNTHETIC_NOTE in said
    now = move_moment(scan.record, datetime.now().replace(microsecond=0))
    return Stamp(now, make_uids(scan.uid, secrets.token_hex(16)), synthetic)


def _show_ready(scan: Scan, chosen: Candidate) -> None:
    """The download, while it is of the lesion chosen and of the scan as it is."""
    ready = state.draft(DRAFT).get("ready")
    if ready is None or ready[:3] != (scan.uid, scan.record.volume_path, chosen):
        return
    words = [state.current_patient() or "scan", scan.record.tracer or "PET", f"lesion-{chosen.name}"]
    name = re.sub(r"[^\w.\-]+", "_", "_".join(words))
    caution, packed = ready[3:]
    if caution:
        st.warning(caution, icon=":material/warning:")
    st.download_button(
        f"Download the zip ({len(packed) / 1e6:.1f} MB)",
        packed,
        f"{name}.zip",
        "application/zip",
        icon=":material/download:",
        type="primary",
        width="stretch",
        on_click="ignore",
    )
    source = _source(scan)
    show_sending(packed, source.owner if source else None)
