"""The upload box of the imaging page: files in, progress, what could not be used and why."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from exchange.pacs_service import HOW_TO_SET_UP, has_pacs
from views import data, state
from views.disguise import assign_scan
from views.export_panel import DRAFT as EXPORT_DRAFT
from views.known_study import find_known
from views.scan import Scan
from views.uploads import Upload, close_session_folder, read_upload
from views.words import escape

_DRAFT = "imaging_upload"
_MOST_SHOWN = 8


def uploaded_scans(patient_id: str | None) -> tuple[Scan, ...]:
    """The scans of this session's upload, while the patient is open for whom (or before whom) it was made."""
    kept = state.draft(_DRAFT)
    upload: Upload | None = kept.get("upload")
    if upload is None or not _belongs(kept, patient_id):
        return ()
    if patient_id is not None:
        upload = kept["upload"] = replace(upload, scans=tuple(assign_scan(one, patient_id) for one in upload.scans))
    return upload.scans


def uploaded_regions(patient_id: str | None) -> tuple[Path, ...]:
    """The SEG and RTSTRUCT files that lay beside the images of this session's upload."""
    kept = state.draft(_DRAFT)
    upload: Upload | None = kept.get("upload")
    return upload.regions if upload and _belongs(kept, patient_id) else ()


def _belongs(kept: dict[str, Any], patient_id: str | None) -> bool:
    return kept.get("patient") in (None, patient_id)


def drop_scans(uids: Collection[str]) -> None:
    """Scans that have been attached are the patient's and no longer the upload's."""
    kept = state.draft(_DRAFT)
    upload: Upload | None = kept.get("upload")
    if upload:
        kept["upload"] = replace(upload, scans=tuple(one for one in upload.scans if one.uid not in uids))


def replace_scan(scan: Scan) -> None:
    """Put a corrected scan in the place of the one with the same UID."""
    kept = state.draft(_DRAFT)
    upload: Upload | None = kept.get("upload")
    if upload:
        scans = tuple(scan if one.uid == scan.uid else one for one in upload.scans)
        kept["upload"] = replace(upload, scans=scans)


def show_upload(patient_id: str | None, seen: bool) -> None:
    """The box (behind a button once there are images to see), and the report on what was read last."""
    kept = state.draft(_DRAFT)
    box = st.popover("Upload images", icon=":material/upload_file:") if seen else st.container(border=True, width=640)
    with box:
        _show_box(patient_id, kept)
        if kept.get("upload"):
            st.button("Close the upload and remove its files", icon=":material/close:", on_click=_close)


def _show_box(patient_id: str | None, kept: dict[str, Any]) -> None:
    files = st.file_uploader(
        "A zip of the study, or its DICOM files (any names, PET and CT together)",
        accept_multiple_files=True,
        key=f"imaging_files:{kept.get('turn', 0)}",
    )
    remove = st.toggle(
        "Remove identities",
        value=True,
        key=f"imaging_remove:{kept.get('turn', 0)}",
        help="Names, numbers, birth date, institution and free text go, UIDs are replaced, dates are moved; weight, dose and "
        "times of day stay, and the SUV is the same. Switch it off only for images whose sender has done this already and "
        "whose research identifiers you want to keep: they are refused if a header still tells who the patient is.",
    )
    st.caption("Kept in a private folder of this session until attached to a patient, and removed with the session.")
    if not has_pacs():
        st.caption(f"To fetch studies from a PACS, {HOW_TO_SET_UP}.")
    if files and st.button(f"Read {_say_files(files)}", type="primary", icon=":material/play_arrow:"):
        _read(files, patient_id, not remove)


def _say_files(files: Sequence[UploadedFile]) -> str:
    return files[0].name if len(files) == 1 else f"{len(files)} files"


def _read(files: Sequence[UploadedFile], patient_id: str | None, keep_identifiers: bool) -> None:
    bar, cancel = st.progress(0.0, "Reading the images"), st.empty()
    cancel.button("Cancel", icon=":material/close:", on_click=_say_cancelled)

    def progress(share: float, says: str) -> None:
        # Cancel, like any click, ends this run at the next message to the page.
        bar.progress(min(share, 1.0), says)

    keep_upload(read_upload(files, patient_id or "", progress, keep_identifiers), patient_id)
    st.rerun()


def _say_cancelled() -> None:
    state.leave_notice("Reading is cancelled; nothing of the images was kept.")


def keep_upload(upload: Upload, patient_id: str | None) -> None:
    """Open what was read, in the place of what was open before; the box is then empty for the next files."""
    turn = state.draft(_DRAFT).get("turn", 0) + 1
    state.draft(_DRAFT).update(upload=upload, patient=patient_id, turn=turn)


def show_report(patient_id: str | None) -> None:
    """What of the last upload could not be used and why, what to look at, and whether it is here already."""
    kept = state.draft(_DRAFT)
    upload: Upload | None = kept.get("upload")
    if upload is None or not _belongs(kept, patient_id):
        return
    title = "Some files were not used" if upload.scans else "Nothing could be read"
    _warn(upload.refused, title, ":material/warning:")
    _warn(upload.look_at, "Look before you share these images", ":material/visibility:")
    _warn(_find_known(kept, upload, patient_id), "Known images", ":material/content_copy:")


def _find_known(kept: dict[str, Any], upload: Upload, patient_id: str | None) -> tuple[str, ...]:
    """Asked of the store once an upload and patient: the page is drawn often."""
    asked = (patient_id, kept.get("turn"), len(upload.scans))
    if kept.get("known", (None,))[0] != asked:
        stored = data.the_store().fetch_series() if upload.scans else []
        kept["known"] = (asked, find_known(upload.scans, patient_id, stored))
    known: tuple[str, ...] = kept["known"][1]
    return known


def _warn(sentences: Sequence[str], title: str, icon: str) -> None:
    if not sentences:
        return
    lines = [f"- {escape(says)}" for says in sentences[:_MOST_SHOWN]]
    if len(sentences) > _MOST_SHOWN:
        lines.append(f"- and {len(sentences) - _MOST_SHOWN} more")
    st.warning("\n".join(lines), title=title, icon=icon)


def _close() -> None:
    """Forget the upload and remove its files."""
    turn = state.draft(_DRAFT).get("turn", 0) + 1
    state.drop_draft(_DRAFT)
    state.drop_draft(EXPORT_DRAFT)
    state.draft(_DRAFT)["turn"] = turn
    close_session_folder()
