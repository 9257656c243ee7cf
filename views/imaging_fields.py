"""The fields of one image finding: what was seen where, how large, how much uptake."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from decision.vocabulary import load_vocabulary
from views.asked_spot import Spot
from views.form_draft import add_line, field_key, known_lines, remove_line
from views.result_fields import show_checks
from views.typed import Checked, check_finding
from views.words import escape, say_number

NEW_FINDINGS: dict[str, dict[str, Any]] = {
    "Pituitary MRI": {"modality": "MRI", "region": "pituitary"},
    "CT": {"modality": "CT"},
    "Pentixafor PET": {"modality": "PET", "tracer": "68Ga-Pentixafor"},
    "DOTATATE PET": {"modality": "PET", "tracer": "68Ga-DOTATATE"},
    "Other PET": {"modality": "PET"},
    "Receptor scintigraphy": {"modality": "SRS"},
}
SIZE = {"size_mm": "Size, mm"}
CT_NUMBERS = SIZE | {"attenuation_hu": "Attenuation, HU"}
PET_NUMBERS = {
    "suv_max": "SUVmax",
    "suv_mean": "SUVmean",
    "suv_peak": "SUVpeak",
    "contralateral_suv_max": "Other side SUVmax",
    "normal_adrenal_suv_max": "Normal adrenal SUVmax",
    "liver_suv_mean": "Liver SUVmean",
    "blood_pool_suv_mean": "Blood pool SUVmean",
    "volume_ml": "Volume, ml",
    "uptake_minutes": "Minutes after injection",
}
NUMBERS = {"MRI": SIZE, "CT": CT_NUMBERS, "PET": SIZE | PET_NUMBERS, "SRS": SIZE}


def show_findings(subject: str, draft: dict[str, Any], spot: Spot) -> list[Checked]:
    """Every image finding of the draft, and buttons to add one; returns what each holds."""
    checked = []
    for line, entry in known_lines(draft, "imaging"):
        with spot.place_finding(entry) as asked:
            checked.append(show_finding(subject, line, entry, spot.number if asked else None, asked))
    with st.container(horizontal=True):
        for label, entry in NEW_FINDINGS.items():
            st.button(
                label,
                icon=":material/add:",
                key=field_key(subject, "add", label),
                on_click=add_line,
                args=(subject, "imaging", entry),
            )
    return checked


def show_finding(
    subject: str, line: int, entry: dict[str, Any], number: str | None = None, asked: bool = False
) -> Checked:
    """One finding; folded under its summary when it was known before, open when it is new or asked about.

    `number`: the value a query asks about, which is marked.
    """
    modality = entry.get("modality") or ""
    numbers = NUMBERS.get(modality, CT_NUMBERS | PET_NUMBERS)
    known = bool(entry.get("finding") or entry.get("uptake") or entry.get("suv_max"))
    with st.expander(_say_title(entry), expanded=asked or not known, key=field_key(subject, "imaging", line, "box")):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            typed = entry | _show_words(subject, line, modality)
            for name, label in numbers.items():
                typed[name] = _text(subject, line, name, f":orange-background[{label}]" if name == number else label)
        st.button(
            "Remove",
            icon=":material/close:",
            type="tertiary",
            key=field_key(subject, "imaging", line, "remove"),
            on_click=remove_line,
            args=(subject, "imaging", line),
        )
    checked = check_finding(typed, tuple(numbers))
    show_checks(checked)
    return checked


def _say_title(entry: dict[str, Any]) -> str:
    """The finding as it was when the form was opened: "PET 68Ga-Pentixafor · left adrenal · positive, SUVmax 15.2"."""
    words = load_vocabulary()
    examination = words.modalities.get(entry.get("modality") or "", "Examination not known")
    parts = [f"{examination} {entry.get('tracer') or ''}".strip(), words.regions.get(entry.get("region") or "")]
    seen = words.findings.get(entry.get("finding") or "") or words.uptakes.get(entry.get("uptake") or "")
    suv = f", SUVmax {say_number(entry['suv_max'])}" if entry.get("suv_max") is not None else ""
    parts.append(f"{seen or ''}{suv}".strip(", "))
    return escape(" · ".join(part for part in parts if part))


def _show_words(subject: str, line: int, modality: str) -> dict[str, Any]:
    words = load_vocabulary()
    typed: dict[str, Any] = {}
    if modality == "PET":
        typed["tracer"] = _text(subject, line, "tracer", "Tracer")
    typed["region"] = _choice(subject, line, "region", "Region", words.regions)
    typed["finding"] = _choice(subject, line, "finding", "Finding", words.findings)
    if modality in ("PET", "SRS"):
        typed["uptake"] = _choice(subject, line, "uptake", "Uptake", words.uptakes)
    typed["side"] = _choice(subject, line, "side", "Side", words.sides)
    typed["flags"] = st.multiselect(
        "Features",
        list(words.flags),
        format_func=words.flags.__getitem__,
        placeholder="not known",
        key=field_key(subject, "imaging", line, "flags"),
        width=190,
        persist_state="session",
    )
    return typed


def _text(subject: str, line: int, name: str, label: str) -> str:
    key = field_key(subject, "imaging", line, name)
    typed = st.text_input(label, key=key, placeholder="not known", width=130, persist_state="session")
    return str(typed or "").strip()


def _choice(subject: str, line: int, name: str, label: str, names: Mapping[str, str]) -> str | None:
    chosen: str | None = st.selectbox(
        label,
        list(names),
        index=None,
        format_func=names.__getitem__,
        placeholder="not known",
        key=field_key(subject, "imaging", line, name),
        width=170,
        persist_state="session",
    )
    return chosen
