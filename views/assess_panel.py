"""How far the assessing of many patients is, above a worklist that can be used meanwhile."""

import streamlit as st

from views import data
from views.words import escape, say_count

EVERY_S = 2.0


def show_assessing(waiting: int) -> None:
    """Nothing where everybody is assessed; else the progress of the job, which begins by itself unless it was stopped."""
    job = data.assess_job()
    if waiting and not job.running and not job.stopped:
        job.start(waiting)
    if job.running:
        st.fragment(_show_progress, run_every=EVERY_S)()
    elif waiting:
        _show_stopped(waiting)


def _show_progress() -> None:
    job = data.assess_job()
    if not job.running:
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="center"):
        share = 1 - job.left / job.of if job.of else 1.0
        says = f"Assessing patients: {job.of - job.left} of {job.of}. The others have no suggestion yet."
        st.progress(share, text=says)
        st.button("Stop", icon=":material/stop:", key="assess_stop", on_click=job.stop)


def _show_stopped(waiting: int) -> None:
    job = data.assess_job()
    if job.error:
        st.error(escape(job.error), icon=":material/error:")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            f"{say_count(waiting, 'patient')} not assessed yet: no suggestion is shown for them.", width="content"
        )
        st.button("Assess them", icon=":material/play_arrow:", key="assess_start", on_click=job.start, args=(waiting,))
