"""The upload box of the imaging page: files in, progress, what could not be used and why."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from exchange.pacs_service import HOW_TO_SET_UP, has_pacs
from views import state
from views.export_panel import DRAFT as EXPORT_DRAFT
from views.scan import Scan
from views.uploads import Upload, close_session_folder, read_upload

_DRAFT = "imaging_upload"
_MOST_SHOWN = 8


def uploaded_scans(patient_id: str | None) -> tuple[Scan, ...]:
    """The scans of this session's upload, while the patient is open for whom (or before whom) it was made."""
    kept = state.draft(_DRAFT)
    upload: Upload | None = kept.get("upload")
    return upload.scans if upload and _belongs(kept, patient_id) else ()


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
    st.caption("Kept in a private folder of this session until attached to a patient, and removed with the session.")
    if not has_pacs():
        st.caption(f"To fetch studies from a PACS, {HOW_TO_SET_UP}.")
    if files and st.button(f"Read {_say_files(files)}", type="primary", icon=":material/play_arrow:"):
        _read(files, patient_id)


def _say_files(files: Sequence[UploadedFile]) -> str:
    return files[0].name if len(files) == 1 else f"{len(files)} files"


def _read(files: Sequence[UploadedFile], patient_id: str | None) -> None:
    bar = st.progress(0.0, "Reading the images")

    def progress(share: float, says: str) -> None:
        bar.progress(min(share, 1.0), says)

    keep_upload(read_upload(files, patient_id or "", progress), patient_id)
    st.rerun()


def keep_upload(upload: Upload, patient_id: str | None) -> None:
    """Open what was read, in the place of what was open before; the box is then empty for the next files."""
    turn = state.draft(_DRAFT).get("turn", 0) + 1
    state.draft(_DRAFT).update(upload=upload, patient=patient_id, turn=turn)


def show_report(patient_id: str | None) -> None:
    """What of the last upload could not be used, and why."""
    kept = state.draft(_DRAFT)
    upload: Upload | None = kept.get("upload")
    if upload is None or not _belongs(kept, patient_id) or not upload.refused:
        return
    title = "Some files were not used" if upload.scans else "Nothing could be read"
    lines = [f"- {says}" for says in upload.refused[:_MOST_SHOWN]]
    if len(upload.refused) > _MOST_SHOWN:
        lines.append(f"- and {len(upload.refused) - _MOST_SHOWN} more")
    st.warning("\n".join(lines), title=title, icon=":material/warning:")


def _close() -> None:
    """Forget the upload and remove its files."""
    turn = state.draft(_DRAFT).get("turn", 0) + 1
    state.drop_draft(_DRAFT)
    state.drop_draft(EXPORT_DRAFT)
    state.draft(_DRAFT)["turn"] = turn
    close_session_folder()
