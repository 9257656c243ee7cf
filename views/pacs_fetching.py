"""A study being fetched from the PACS: how far it is, Cancel, and the road on which an upload goes too."""

import streamlit as st

from views import state
from views.pacs_job import PacsJob
from views.upload_panel import keep_upload
from views.uploads import make_incoming, read_incoming
from views.words import escape, say_count

DRAFT = "imaging_pacs"
_SECONDS = 0.5


def start_fetching(job: PacsJob) -> None:
    """Begin to fetch; what was being fetched before is given up."""
    give_up()
    state.draft(DRAFT)["job"] = job
    job.start()


def give_up() -> None:
    """Stop fetching and forget it."""
    job: PacsJob | None = state.draft(DRAFT).pop("job", None)
    if job is not None:
        job.stop()


def show_fetching() -> None:
    """Nothing, or the study on its way; once it is there it is read and opened like an upload."""
    job: PacsJob | None = state.draft(DRAFT).get("job")
    if job is None:
        return
    if job.running:
        _watch()
    elif job.error:
        _show_error(job)
    else:
        _open(job)


@st.fragment(run_every=_SECONDS)
def _watch() -> None:
    """Only this part of the page is drawn again and again while images come."""
    job: PacsJob | None = state.draft(DRAFT).get("job")
    if job is None or not job.running:
        st.rerun()
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        share = job.fetched / job.of if job.of else 0.0
        st.progress(min(share, 1.0), f"From the PACS: {escape(job.says)} · {_say_images(job)}", width="stretch")
        st.button("Cancel", icon=":material/close:", on_click=_cancel)


def _say_images(job: PacsJob) -> str:
    return f"image {job.fetched} of {job.of}" if job.of else "asking"


def _cancel() -> None:
    give_up()
    state.leave_notice("Fetching is cancelled; nothing of it was kept.")


def _show_error(job: PacsJob) -> None:
    st.error(f"{job.error}", title="The study was not fetched", icon=":material/error:")
    with st.container(horizontal=True):
        st.button("Try again", icon=":material/refresh:", on_click=_try_again, args=(job,))
        st.button("Close", icon=":material/close:", on_click=give_up)


def _try_again(job: PacsJob) -> None:
    start_fetching(PacsJob(job.wanted, make_incoming(), job.patient_id, job.says))


def _open(job: PacsJob) -> None:
    """The fetched files go the way of uploaded ones, for the patient for whom they were fetched."""
    # Any click ends this run at its next message to the page, and the files are then gone: so it is said beforehand.
    job.error = "Its images had come but were not read to the end, and nothing of them was kept."
    bar = st.progress(0.0, f"Reading {say_count(job.fetched, 'image')}")

    def progress(share: float, says: str) -> None:
        bar.progress(min(share, 1.0), says)

    upload = read_incoming(job.folder, job.patient_id or "", progress)
    state.draft(DRAFT).pop("job", None)
    keep_upload(upload, job.patient_id)
    st.rerun()
