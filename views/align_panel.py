"""Laying the scans of two days over one another: the button that aligns them by CT, what came of it, and by hand."""

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from imaging.extent import Point
from imaging.problem import ImagingError
from imaging.volume import Volume
from views import state
from views.align_job import AlignJob
from views.alignment import Alignment, keep_registration, read_alignment, save_alignment, study_of
from views.scan import Scan, match_ct
from views.volumes import open_volume
from views.words import say_number

_WATCH_S = 0.5
_NUDGE_KEY = "imaging_nudge"
_NUDGES = {
    "nudge_mm": ("to the left, mm", "to the back, mm", "to the head, mm"),
    "nudge_deg": ("about left-right, degrees", "about front-back, degrees", "about head-foot, degrees"),
}


def show_aligning(fixed: Scan, moving: Scan, scans: Sequence[Scan]) -> None:
    """The button and the fields; what they change stands in the file the next time it is read."""
    _finish(fixed, moving)
    kept, cts = _read_quietly(fixed, moving), [match_ct(scan, scans) for scan in (fixed, moving)]
    st.button(
        "Align by CT" if kept.registration is None else "Align again",
        icon=":material/align_center:",
        disabled=None in cts or _job(fixed, moving) is not None,
        help="Lays the two CTs over one another; takes some seconds. Cancelling it changes nothing."
        if None not in cts
        else "Both studies need a CT for this; move one by hand instead.",
        on_click=_begin,
        args=(fixed, moving, *cts),
    )
    name = (moving.record.tracer or "the other scan").removeprefix("68Ga-")
    with st.popover("By hand", icon=":material/open_with:"):
        _show_nudges(fixed, moving, _read_quietly(fixed, moving), name)


def _jobs(fixed: Scan, moving: Scan) -> dict[str, AlignJob | str]:
    """Of this pair in this session: the "job" under way, and the "refused" sentence of the last one."""
    return state.draft(f"imaging_align:{study_of(fixed)}:{study_of(moving)}")


def _job(fixed: Scan, moving: Scan) -> AlignJob | None:
    job = _jobs(fixed, moving).get("job")
    return job if isinstance(job, AlignJob) else None


def _begin(fixed: Scan, moving: Scan, fixed_ct: Scan, moving_ct: Scan) -> None:
    try:
        first, second = open_volume(fixed_ct), open_volume(moving_ct)
        if first is None or second is None:
            raise ImagingError("A CT is gone from the server; upload the study again.")
    except ImagingError as error:
        _jobs(fixed, moving)["refused"] = str(error)
        return
    job = AlignJob(first.volume, second.volume)
    _jobs(fixed, moving).update(job=job, refused="")
    job.start()


def _finish(fixed: Scan, moving: Scan) -> None:
    """Keep what a search has found since the last drawing."""
    job = _job(fixed, moving)
    if job is None or job.running:
        return
    _jobs(fixed, moving).pop("job")
    try:
        if job.found:
            keep_registration(fixed, moving, job.found)
        _jobs(fixed, moving)["refused"] = job.error or ""
    except ImagingError as error:
        _jobs(fixed, moving)["refused"] = str(error)


@st.fragment(run_every=_WATCH_S)
def _watch(fixed: Scan, moving: Scan) -> None:
    """Only this part of the page is drawn again and again while the search goes on."""
    job = _job(fixed, moving)
    if job is None or not job.running:
        st.rerun(scope="app")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(job.share, "Aligning the two CTs", width="stretch")
        st.button("Cancel", icon=":material/close:", key="imaging_align_cancel", on_click=job.stop)


def _read_quietly(fixed: Scan, moving: Scan) -> Alignment:
    """What is kept; nothing where it is damaged, which is told once, by `show_alignment`."""
    try:
        return read_alignment(fixed, moving)
    except ImagingError:
        return Alignment(study_of(fixed), study_of(moving))


def show_alignment(fixed: Scan, moving: Scan) -> Alignment:
    """What is kept of the pair, and in a sentence how far the two may be believed to show the same place."""
    if _job(fixed, moving) is not None:
        _watch(fixed, moving)
    if refused := _jobs(fixed, moving).get("refused"):
        st.error(str(refused), icon=":material/block:")
    try:
        kept = read_alignment(fixed, moving)
    except ImagingError as error:
        st.warning(str(error), icon=":material/warning:")
        kept = _read_quietly(fixed, moving)
    _show_state(fixed, moving, kept)
    return kept


def _show_state(fixed: Scan, moving: Scan, kept: Alignment) -> None:
    """How far the two may be believed to show the same place, in a sentence."""
    found = kept.registration
    if found is None or not kept.uses_registration:
        if found is not None:
            st.warning(found.says, icon=":material/warning:")
            st.button("Use it all the same", on_click=_accept, args=(fixed, moving))
        if not kept.is_nudged:
            st.caption("The same scanner coordinates, not registered: the patient may lie differently in the two.")
    else:
        believed = "" if found.trusted else " Not believed by its numbers, used on the reader's word."
        st.caption(f":material/check: {found.says}{believed}", help=_say_numbers(kept))
    if kept.is_nudged:
        st.caption(f":material/open_with: Moved by hand: {_say_nudge(kept)}.")


def _say_numbers(kept: Alignment) -> str:
    if kept.registration is None:
        return ""
    lines = ["| | before | after |", "|---|---|---|"]
    one, two = kept.registration.before, kept.registration.after
    lines.append(f"| mean difference, HU | {say_number(one.difference_hu)} | {say_number(two.difference_hu)} |")
    lines.append(
        f"| mutual information (1 to 2) | {say_number(one.mutual_information)} | {say_number(two.mutual_information)} |"
    )
    lines.append(f"| overlap, % | {one.overlap * 100:.0f} | {two.overlap * 100:.0f} |")
    motion = kept.registration.motion
    moved = ", ".join(f"{n:.1f}" for n in motion.translation_mm)
    turned = ", ".join(f"{n:.1f}" for n in motion.rotation_deg)
    return "\n".join(lines) + f"\n\nMoved {moved} mm (L, P, H), turned {turned}°. Breathing and posture are not undone."


def _say_nudge(kept: Alignment) -> str:
    moved = ", ".join(f"{n:g}" for n in kept.nudge_mm)
    turned = ", ".join(f"{n:g}" for n in kept.nudge_deg)
    return f"{moved} mm (L, P, H), turned {turned}°"


def _accept(fixed: Scan, moving: Scan) -> None:
    save_alignment(fixed, moving, replace(_read_quietly(fixed, moving), accepted=True))


def _show_nudges(fixed: Scan, moving: Scan, kept: Alignment, name: str) -> None:
    st.caption(f"Push the picture of {name} over the other one; it turns about the middle of the body.")
    _renew_fields(kept)
    for field, labels in _NUDGES.items():
        for label, column, value in zip(labels, st.columns(3), getattr(kept, field), strict=True):
            key, most = _field_key(label), 300.0 if field == "nudge_mm" else 30.0
            column.number_input(
                label, -most, most, float(value), 1.0, "%.1f", key=key, on_change=_nudge, args=(fixed, moving)
            )
    st.button("Back to no change by hand", on_click=_drop_nudge, args=(fixed, moving), disabled=not kept.is_nudged)


def _field_key(label: str) -> str:
    return f"{_NUDGE_KEY}:{state.draft(_NUDGE_KEY).get('version', 0)}:{label}"


def _renew_fields(kept: Alignment) -> None:
    """New fields where the old ones hold something else than is kept: a browser may send an old field's value again."""
    for field, labels in _NUDGES.items():
        for label, value in zip(labels, getattr(kept, field), strict=True):
            if state.widget_value(_field_key(label), value) != value:
                state.draft(_NUDGE_KEY)["version"] = state.draft(_NUDGE_KEY).get("version", 0) + 1
                return


def _nudge(fixed: Scan, moving: Scan) -> None:
    """Keep what the fields say now."""
    kept = _read_quietly(fixed, moving)
    if kept.registration is None and (opened := open_volume(fixed)) is not None:
        kept = replace(kept, centre_mm=_middle(opened.volume))
    pushed, turned = (_typed(labels) for labels in _NUDGES.values())
    save_alignment(fixed, moving, replace(kept, nudge_mm=pushed, nudge_deg=turned))


def _typed(labels: tuple[str, ...]) -> Point:
    x, y, z = (float(state.widget_value(_field_key(label)) or 0.0) for label in labels)
    return (x, y, z)


def _middle(volume: Volume) -> Point:
    slices, rows, columns = volume.values.shape
    return volume.point_at(((columns - 1) / 2, (rows - 1) / 2, (slices - 1) / 2))


def _drop_nudge(fixed: Scan, moving: Scan) -> None:
    zero = (0.0, 0.0, 0.0)
    save_alignment(fixed, moving, replace(_read_quietly(fixed, moving), nudge_mm=zero, nudge_deg=zero))
