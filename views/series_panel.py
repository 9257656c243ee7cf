"""The open series: which PET, which CT, their quality in lines, and where the SUV comes from."""

from collections.abc import Sequence

import streamlit as st

from imaging.quality import QualityLine, assess_liver
from views import state
from views.references import regions_of
from views.scan import (
    Scan,
    known_tracers,
    match_ct,
    name_tracer,
    quality_lines,
    say_no_suv,
    say_scan,
    say_stranger,
)
from views.volumes import assess_overlay
from views.words import UNKNOWN

CHOSEN_KEY = "imaging_series"
_ICONS = {
    "ok": ":material/check_circle:",
    "check": ":material/warning:",
    "problem": ":material/error:",
    "unknown": ":material/help:",
}
_ORDER = ("problem", "check", "unknown", "ok")


def choose_scan(scans: Sequence[Scan]) -> Scan:
    """The PET (or, where there is none, the CT) the reader looks at."""
    offered = [scan for scan in scans if scan.is_pet] or list(scans)
    by_uid = {scan.uid: scan for scan in offered}
    now = state.widget_value(CHOSEN_KEY)
    # Written on every drawing: the browser knows a choice by its words, and these change with a correction.
    state.set_widget(CHOSEN_KEY, now if now in by_uid else offered[0].uid)
    chosen = st.radio(
        "Series",
        list(by_uid),
        format_func=lambda uid: _title(by_uid[uid]),
        captions=[say_scan(scan) for scan in offered],
        key=CHOSEN_KEY,
        label_visibility="collapsed",
    )
    return by_uid[chosen or offered[0].uid]


def chosen_series() -> str | None:
    """The series UID chosen last, also by a lesion's row."""
    uid: str | None = state.widget_value(CHOSEN_KEY)
    return uid


def _title(scan: Scan) -> str:
    new = "" if scan.stored else " :violet-badge[not attached]"
    worst = next((_ICONS[level] for level in _ORDER if any(line.level == level for line in live_lines(scan))), "")
    return f"{scan.name} {worst}{new}"


def show_quality(scan: Scan, scans: Sequence[Scan]) -> None:
    """What is right and wrong with the open series: refusals first, then each quality line."""
    refusal, stranger = say_no_suv(scan), say_stranger(scan)
    if refusal:
        st.warning(f"{refusal} Shown in {_unit_words(scan)}.", title="No SUV", icon=":material/error:")
    if stranger:
        st.info(stranger, icon=":material/info:")
    said = {"SUV": refusal, "tracer": stranger}
    ct = match_ct(scan, scans) if scan.is_pet else None
    overlay = (assess_overlay(scan, ct),) if ct else ()
    _show_lines([line for line in (*live_lines(scan), *overlay) if not said.get(line.item)])
    if scan.is_pet:
        st.caption(f"CT of the same study: {say_scan(ct)}" if ct else "No CT of the same study is open.")


def live_lines(scan: Scan) -> tuple[QualityLine, ...]:
    """The lines of a scan with the liver as it is measured now."""
    lines = quality_lines(scan)
    if not scan.is_pet or scan.record.suv_type is None:
        return lines
    liver = regions_of(scan).get("liver")
    now = assess_liver(scan.record.tracer, liver.suv_mean if liver else None)
    return tuple(now if line.item == "liver" else line for line in lines)


def _show_lines(lines: Sequence[QualityLine]) -> None:
    """What needs a look in full; what is right and what is not known a click away."""
    for line in sorted(lines, key=lambda line: _ORDER.index(line.level)):
        if line.level in ("problem", "check"):
            st.caption(f"{_ICONS[line.level]} **{line.item}** · {line.says}")
    for level, words in (("ok", ""), ("unknown", "not known: ")):
        same = [line for line in lines if line.level == level]
        if same:
            with st.popover(words + ", ".join(line.item for line in same), icon=_ICONS[level], type="tertiary"):
                for line in same:
                    st.caption(f"**{line.item}** · {line.says}")


def show_provenance(scan: Scan) -> None:
    """One line under everything: what the SUV was computed from."""
    if not scan.is_pet:
        return
    says = scan.record.inspection.get("provenance")
    if says is None and scan.record.suv_type:
        says = f"activity, weight and times were not kept with this scan ({UNKNOWN})"
    st.markdown(f":material/function: **SUV from:** {says or UNKNOWN}")


def ask_tracer(scan: Scan) -> Scan:
    """For an uploaded PET whose header names no tracer: which was given, as the reader says."""
    if scan.stored or not scan.is_pet or scan.record.tracer is not None:
        return scan
    said = st.selectbox(
        "Which tracer was given?",
        [*known_tracers(), "another tracer"],
        index=None,
        placeholder="not known",
        key=f"imaging_tracer:{scan.uid}",
    )
    return name_tracer(scan, said) if said else scan


def _unit_words(scan: Scan) -> str:
    return {"BQML": "Bq/ml"}.get(scan.record.inspection.get("units") or "", "counts as stored")
