"""What was removed from a scan's headers before it was kept, in one line, and the list behind it."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from views.scan import Scan
from views.scan_day import read_day
from views.words import escape, say_count, say_list

# What a reader asks for first, by the attributes that would tell it.
_ASKED = {
    "name": ("Patient's Name",),
    "birth date": ("Patient's Birth Date",),
    "accession number": ("Accession Number",),
    "institution": ("Institution Name", "Institution Address", "Institutional Department Name"),
    "physicians": ("Referring Physician's Name", "Performing Physician's Name", "Operators' Name"),
}
_HOW = (
    "Following DICOM PS3.15, before anything was kept. Weight, height, dose and times of day stay as they were, so the SUV "
    "is the same: it was computed from both and compared."
)
_DAYS = (
    "**Days on this page are true**, so that they can be compared with laboratory dates. In what is kept of the images and in "
    "every exported file all dates are moved by one number of days, the same for all studies of the patient."
)
_DAYS_AS_SAID = (
    "**Days on this page are those the images came with**; whether they are true is for who sent them to say. In what is kept "
    "and exported they are moved once more."
)
_SHORTLY = "Days here are true; in files they are moved."


def show_privacy(scan: Scan) -> None:
    """Nothing for a scan that was kept before identities were removed on the way in, and for synthetic ones."""
    known = scan.record.deidentified
    if known is None:
        return
    moved = known.get("dates") == "moved"
    true = moved and read_day(scan.record).note == ""
    st.caption(f":material/shield_person: {say_removed(known)}.{' ' + _SHORTLY if true else ''}")
    if not moved:
        return
    with st.popover("Full list", icon=":material/list:", type="tertiary"):
        st.caption(_HOW)
        st.caption(_DAYS if true else _DAYS_AS_SAID)
        _show_list("Removed or replaced", known.get("removed", ()))
        _show_list("Kept, because numbers or pictures need it", known.get("kept", ()))
        _show_list("To look at", known.get("look_at", ()))


def say_removed(known: dict[str, Any]) -> str:
    """One short line: "Removed: name, birth date and 12 more"."""
    if known.get("dates") != "moved":
        return "Identifiers and dates are kept as sent: the sender had removed the identities"
    removed = known.get("removed", ())
    told = [words for words, names in _ASKED.items() if any(name in removed for name in names)]
    counted = {name for names in _ASKED.values() for name in names}
    others = [name for name in removed if name not in counted]
    more = [say_count(len(others), "other entry", "other entries")] if others else []
    return f"Removed: {say_list([*told, *more])}"


def _show_list(title: str, lines: Sequence[str]) -> None:
    if lines:
        st.caption(f"**{title}:** {escape('; '.join(lines))}")
