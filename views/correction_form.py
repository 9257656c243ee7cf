"""The form that corrects what a scan's SUV is computed from, what that changes at once, and the history of corrections."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from decision.case import CaseError
from imaging.corrected_document import CORRECTIONS, HEADERS, check_headers, read_entered, read_stated
from imaging.corrected_suv import compute_corrected_suv, find_refusal
from imaging.correction import QUANTITIES, Correction, Quantity, read_correction, say_value
from imaging.header import Header
from imaging.kept_headers import read_headers
from imaging.problem import ImagingError
from imaging.suv import SuvResult
from store import CorrectionRecord, StoreError
from views import data, state
from views.corrected_lesions import follow_region, is_marked
from views.correction import LEFT, Entry, correct_stored, correct_upload, fetch_lines
from views.correction_history import show_lines
from views.correction_typed import TIMES, TypedCorrection, read_entries, write_value
from views.measure_panel import measuring
from views.measured_scan import fetch_measured
from views.references import draft_of
from views.scan import Scan, known_tracers
from views.upload_panel import replace_scan
from views.words import UNKNOWN, escape, say_count

_LABELS = {
    "weight_kg": "Weight on the day of the scan, kg",
    "height_cm": "Height, cm",
    "activity_mbq": "Injected activity, MBq",
    "residual_mbq": "Left in syringe and line, MBq",
    "residual_at": "… measured at",
    "injected_at": "Injection",
    "reference_at": "Scan clock",
    "half_life_s": "Half-life, s",
    "tracer": "Tracer",
}
_HELP = {
    "residual_mbq": "It is decayed back to the injection and taken off the injected activity.",
    "injected_at": "On the scanner's clock, like 10:05, 10:05:30 or 2026-03-02 10:05.",
    "reference_at": "The moment the pixels are decay-corrected to, like 10:05. 1 min is 1 % of the SUV for 68Ga.",
    "activity_mbq": "At the time of the injection, before the residual is taken off.",
}


@dataclass(frozen=True)
class _Desk:
    """What the form works on."""

    scan: Scan
    headers: tuple[Header, ...]
    stated: Correction
    entered: Correction
    lines: Sequence[CorrectionRecord]

    def key(self, name: str) -> str:
        # A new key for a new volume: after a correction the form is filled from what is then in force.
        return f"imaging_correct:{self.scan.record.volume_path}:{name}"


def show_correction(scan: Scan) -> None:
    """Under the provenance: the form, and what was corrected so far; open where a PET has no SUV."""
    if not scan.is_pet:
        return
    left = (scan.record.inspection.get(CORRECTIONS) or {}).get(LEFT)
    if left:
        st.warning(left, icon=":material/rule:")
    followed = sum(map(is_marked, fetch_measured(data.the_store(), scan.record.patient_id, scan.uid).lesions))
    if followed:
        says = f"{say_count(followed, 'lesion')} measured before the correction, recomputed with it"
        st.caption(f":material/history: {says}; what stood there is in the details of the lesion.")
    _show(scan)


@st.fragment
def _show(scan: Scan) -> None:
    lines = fetch_lines(data.the_store(), scan)
    title = "Correct weight, activity or a clock" + (f" · corrected {len(lines)} ×" if lines else "")
    missing = scan.record.suv_type is None
    box = st.expander(title, missing, key=f"imaging_correct:{scan.uid}", icon=":material/edit:", on_change="rerun")
    if not box.open:
        return
    with box:
        headers = read_headers(scan.record.inspection.get(HEADERS))
        try:
            check_headers(scan.record.inspection, headers)
        except ImagingError as error:
            st.caption(f":material/block: {error}")
        else:
            document = scan.record.inspection
            _show_form(_Desk(scan, headers, read_stated(document), read_entered(document), lines))
        show_lines(lines)


def _show_form(desk: _Desk) -> None:
    st.caption(
        "Write only what the images have wrong or lack; an empty field leaves what they say. Nothing is overwritten."
    )
    if (desk.scan.record.deidentified or {}).get("dates") == "moved":
        st.caption("Days stand here as in the images, where they are moved: write the time alone.")
    typed = read_entries(_ask(desk), desk.headers, desk.stated)
    before = compute_corrected_suv(desk.headers, desk.entered)
    after = compute_corrected_suv(desk.headers, typed.correction)
    changed = typed.correction != desk.entered
    if changed and not typed.wrong:
        _show_change(before, after)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        reader = st.text_input(
            "Your name or initials", key="imaging_corrector", max_chars=40, width=190, persist_state="session"
        )
        reason = st.text_input("Reason", key=desk.key("reason"), max_chars=300, placeholder="how you know the right value",
                               persist_state="session")  # fmt: skip
    lacking = _say_lacking(typed, changed, after, reader, reason)
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Correct the SUV", type="primary", disabled=bool(lacking), key=desk.key("apply")):
            _apply(desk.scan, Entry(typed.correction, reason.strip(), reader.strip()))
        if desk.lines:
            _offer_undo(desk, reader, reason)
        if lacking:
            st.caption(lacking)


def _ask(desk: _Desk) -> dict[str, str | None]:
    """One line a value: its name, what the images say, the field."""
    typed: dict[str, str | None] = {}
    widths = [3, 3, 4]
    for place, words in zip(st.columns(widths), ("", "The images say", "Instead"), strict=True):
        place.caption(f"**{words}**" if words else "")
    checked = {one.name: state.widget_value(desk.key(one.name), write_value(one.name, getattr(desk.entered, one.name)))
               for one in QUANTITIES}  # fmt: skip
    wrong = read_entries(checked, desk.headers, desk.stated).wrong
    for one in QUANTITIES:
        name, says, field = st.columns(widths, vertical_alignment="center")
        name.markdown(_LABELS[one.name], help=_HELP.get(one.name))
        says.markdown(escape(_say_stated(desk, one)))
        with field:
            typed[one.name] = _field(desk, one)
        if one.name in wrong:
            st.markdown(f":red[:material/error:] {escape(wrong[one.name])}")
    return typed


def _say_stated(desk: _Desk, one: Quantity) -> str:
    value = getattr(desk.stated, one.name)
    if one.name.startswith("residual"):
        return "never in a header" if one.name == "residual_mbq" else ""
    return UNKNOWN if value is None else say_value(one.name, value)


def _field(desk: _Desk, one: Quantity) -> str | None:
    value = write_value(one.name, getattr(desk.entered, one.name))
    if one.name == "tracer":
        options = list(known_tracers())
        chosen: str | None = st.selectbox(
            _LABELS[one.name], options, index=options.index(value) if value in options else None,
            placeholder="as in the images", key=desk.key(one.name), label_visibility="collapsed",
        )  # fmt: skip
        return chosen
    typed: str | None = st.text_input(
        _LABELS[one.name], value, key=desk.key(one.name), label_visibility="collapsed", max_chars=40,
        placeholder="10:05" if one.name in TIMES else "as in the images", persist_state="session",
    )  # fmt: skip
    return typed


def _show_change(before: SuvResult, after: SuvResult) -> None:
    """Factor before and after, and what else follows, before anything is done."""
    refusal = find_refusal(after)
    if refusal or after.factors is None:
        st.warning(refusal.says if refusal else "No SUV can be computed.", icon=":material/block:")
        return
    old, new = before.factors, after.factors
    times = f"every SUV × {new[0] / old[0]:.3f}" if old else "the scan gets an SUV"
    minutes = (
        f"uptake {_minutes(before)} → {_minutes(after)} min" if before.uptake_minutes != after.uptake_minutes else ""
    )
    factors = f"**SUV factor {_say_factor(old)} → {_say_factor(new)}**"
    st.markdown(" · ".join(part for part in (factors, times, minutes) if part))
    known = {problem.says for problem in before.problems}
    for problem in after.problems:
        if problem.says not in known:
            st.caption(f":material/warning: {escape(problem.says)}")


def _minutes(result: SuvResult) -> str:
    return UNKNOWN if result.uptake_minutes is None else f"{result.uptake_minutes:.0f}"


def _say_factor(factors: Sequence[float] | None) -> str:
    return f"{factors[0]:.4g}" if factors else UNKNOWN


def _say_lacking(typed: TypedCorrection, changed: bool, after: SuvResult, reader: str, reason: str) -> str:
    """Why the button cannot be pressed yet; empty when it can."""
    if typed.wrong:
        return "Something above cannot be right; see the sentence under it."
    if not changed:
        return "Nothing is different yet."
    if after.factors is None and typed.correction:
        return "With these values there is still no SUV."
    return _say_unsigned(reader, reason)


def _say_unsigned(reader: str, reason: str) -> str:
    gaps = [(not reader.strip(), "your name"), (not reason.strip(), "the reason")]
    missing = [word for gap, word in gaps if gap]
    return f"Still needed: {' and '.join(missing)}." if missing else ""


def _offer_undo(desk: _Desk, reader: str, reason: str) -> None:
    """Back to before the last correction, as a further entry of the history."""
    earlier = read_correction(desk.lines[-2].entered) if len(desk.lines) > 1 else Correction()
    unsigned = _say_unsigned(reader, reason)
    help_ = f"Back to the values before the last correction. {unsigned}".strip()
    if st.button("Undo the last", icon=":material/undo:", disabled=bool(unsigned), key=desk.key("undo"), help=help_):
        _apply(desk.scan, Entry(earlier, f"undone: {reason.strip()}", reader.strip()))


def _apply(scan: Scan, entry: Entry) -> None:
    try:
        says = _apply_upload(scan, entry) if not scan.stored else correct_stored(data.the_store(), scan, entry)
    except (ImagingError, StoreError, CaseError) as error:
        st.error(str(error), icon=":material/block:")
        return
    measuring(scan.uid).pop("measurement", None)
    state.leave_notice(says)
    st.rerun()


def _apply_upload(scan: Scan, entry: Entry) -> str:
    corrected, step = correct_upload(scan, entry)
    draft = draft_of(scan.uid)
    draft["regions"] = {organ: follow_region(one, step) for organ, one in draft["regions"].items()}
    draft["offers"] = {}
    replace_scan(corrected)
    return f"The SUV of {corrected.name} is corrected; measure again what was not attached yet."
