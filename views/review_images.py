"""The pictures of a patient's review: a preview of each scan, the lesions measured on it, and the slice through one."""

from collections.abc import Sequence

import streamlit as st

from decision.case import Case
from store import MeasurementRecord, SeriesRecord
from views import data
from views.findings_table import make_findings_table, make_lesions_table
from views.frame import IMAGING_PAGE
from views.lesion_picture import render_lesion
from views.previews import fetch_preview
from views.scan_day import say_day
from views.state import patient_address
from views.words import UNKNOWN

TABLE_PX, PICTURE_PX = 600, 400  # side by side in a wide window, below one another in a narrow one
LESION_WIDTHS = {
    name: st.column_config.TextColumn(width=width, alignment="right" if right else None)
    for name, width, right in (
        ("Lesion", 148, False), ("Site", 112, False), ("Tracer", 76, False), ("SUVmax", 64, True), ("÷ liver", 54, True),
        ("÷ other", 58, True), ("Volume", 62, True),
    )
}  # fmt: skip


def show_images(case: Case) -> None:
    series = data.the_store().fetch_series(case.case_id)
    lesions = data.the_store().fetch_measurements(case.case_id)
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.subheader("Images", anchor=False)
        if series:
            st.page_link(
                IMAGING_PAGE, label="Open in imaging", icon=":material/radiology:", query_params=patient_address()
            )
    shown = show_previews(series)
    if lesions:
        show_lesions(lesions, series)
    if case.imaging:
        # A plain table: its cells wrap, so that no finding is cut off in a narrow window.
        st.table(make_findings_table(case.imaging), hide_index=True, alt="Reported image findings")
    if not (shown or lesions or case.imaging):
        st.caption("No image findings are known.")


def show_previews(series: Sequence[SeriesRecord]) -> bool:
    """One picture a scan that has one, its tracer, day and uptake time under it."""
    pictured = [(record, path) for record in series if (path := fetch_preview(record.preview_path)) is not None]
    if not pictured:
        return False
    with st.container(horizontal=True):
        for record, path in pictured:
            name = record.tracer or record.description or record.modality or "scan"
            minutes = UNKNOWN if record.uptake_minutes is None else f"{record.uptake_minutes:.0f} min"
            caption = f"{name} · {say_day(record)} · {minutes} after injection"
            st.image(path.read_bytes(), caption=caption, width=200, alt=f"Whole-body projection, {caption}")
    return True


@st.fragment
def show_lesions(lesions: Sequence[MeasurementRecord], series: Sequence[SeriesRecord]) -> None:
    """The measured lesions; choosing one shows the slice through it."""
    with st.container(horizontal=True):
        table, picture = st.container(width=TABLE_PX), st.container(width=PICTURE_PX)
    with table:
        event = st.dataframe(
            make_lesions_table(lesions, series),
            hide_index=True,
            height="content",
            key="review_lesions",
            on_select="rerun",
            selection_mode="single-row-required",
            column_config=LESION_WIDTHS,
            alt="Measured lesions",
        )
    chosen = event.selection.rows[0] if event.selection.rows else 0
    with picture:
        drawn = render_lesion(lesions[chosen], series)
        if isinstance(drawn, str):
            st.caption(drawn)
        else:
            st.image(drawn.data, alt=drawn.alt, width="stretch")
