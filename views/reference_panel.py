"""Normal organs the lesions are compared with: set at the crosshair, or proposed from the CT and confirmed by the reader."""

from collections.abc import Callable, Sequence

import streamlit as st

from decision.case import CaseError
from imaging.extent import Point
from imaging.problem import ImagingError
from imaging.propose import propose_regions
from imaging.references import load_organs, measure_organ
from imaging.volume import Volume
from store import ReferenceRegion, StoreError
from views import state
from views.references import Offer, draft_of, drop_region, keep_region, make_region, measure_reference, regions_of
from views.scan import Scan, match_ct
from views.viewer_parts import redraw_all
from views.viewer_state import move_crosshair, present_crosshair, say_point
from views.volumes import open_volume
from views.words import UNKNOWN, say_number

_ORGAN_KEY = "imaging_reference"


def show_references(volume: Volume, scan: Scan, scans: Sequence[Scan]) -> dict[str, ReferenceRegion]:
    """The controls and what is set; gives the regions back by organ."""
    draft = draft_of(scan.uid)
    if draft.pop("changed", False):
        st.rerun(scope="app")  # lesions, ratios and pictures outside this part follow
    regions, organs = regions_of(scan), load_organs()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        organ = st.selectbox("Reference", list(organs), format_func=lambda code: organs[code].name, key=_ORGAN_KEY)
        st.button(
            "Set here", on_click=_set_here, args=(volume, scan), help=f"Put the sphere into {organs[organ].where}."
        )
        if organ in regions:
            st.button(
                "", icon=":material/delete:", on_click=_attempt, args=(scan, lambda: drop_region(scan, regions[organ])),
                help=f"Take the {organs[organ].name.lower()} away", key="imaging_reference_drop",
            )  # fmt: skip
    st.caption(" · ".join(_say(code, regions.get(code)) for code in organs))
    _show_proposing(volume, scan, scans)
    if draft.get("refused"):
        st.caption(f":material/block: {draft.pop('refused')}")
    return regions


def _say(organ: str, region: ReferenceRegion | None) -> str:
    rule = load_organs()[organ]
    if region is None:
        return f"{rule.name} {UNKNOWN}"
    value = region.suv_mean if rule.statistic == "mean" else region.suv_max
    return f"**{rule.name} {rule.statistic} {say_number(value)}**"


def _set_here(volume: Volume, scan: Scan) -> None:
    organ, at_mm = str(state.widget_value(_ORGAN_KEY)), present_crosshair()
    _attempt(scan, lambda: keep_region(scan, measure_reference(scan, volume, organ, at_mm, "by hand")))


def _attempt(scan: Scan, change: Callable[[], None]) -> None:
    """Do it, or keep the sentence why not for the next drawing."""
    try:
        change()
    except (ImagingError, StoreError, CaseError) as error:
        draft_of(scan.uid)["refused"] = str(error)
        return
    draft_of(scan.uid)["changed"] = True


def _show_proposing(volume: Volume, scan: Scan, scans: Sequence[Scan]) -> None:
    """The button, and each proposal with what a reader does with it."""
    ct = match_ct(scan, scans)
    offers: dict[str, Offer] = draft_of(scan.uid)["offers"]
    if ct and not offers:
        pressed = st.button(
            "Propose from the CT",
            icon=":material/auto_awesome:",
            type="tertiary",
            help="Liver and blood pool, where an unenhanced CT makes them plain. You confirm each. Adrenals and spleen "
            "are not proposed: they are not told apart safely, so set them at the crosshair.",
        )
        if pressed:
            _propose(volume, scan, ct)
    for organ, offer in list(offers.items()):
        _show_offer(scan, organ, offer)
    for says in draft_of(scan.uid).get("not_proposed", ()):
        st.caption(f":material/info: {says}")


def _propose(volume: Volume, scan: Scan, ct: Scan) -> None:
    draft = draft_of(scan.uid)
    draft["not_proposed"] = []
    with st.spinner("Looking for plain organs on the CT"):
        opened = open_volume(ct)
        found = propose_regions(opened.volume) if opened else ()
    for one in found:
        name = load_organs()[one.organ].name
        if one.at_mm is None:
            draft["not_proposed"].append(f"{name}: {one.says}")
            continue
        try:
            draft["offers"][one.organ] = Offer(one, measure_organ(volume, one.organ, one.at_mm))
        except ImagingError as error:
            draft["not_proposed"].append(f"{name}: {error}")
    draft["changed"] = True
    st.rerun(scope="app")


def _show_offer(scan: Scan, organ: str, offer: Offer) -> None:
    at_mm: Point | None = offer.proposal.at_mm
    if at_mm is None:
        return
    with st.container(border=True, gap="small"):
        st.caption(
            f"**{load_organs()[organ].name}: mean {say_number(offer.sphere.mean)}, SD {say_number(offer.sphere.sd)}** "
            f"at {say_point(at_mm)}. {offer.proposal.says} Look at it, then confirm."
        )
        with st.container(horizontal=True, gap="small"):
            st.button("Look", key=f"imaging_look:{organ}", on_click=_look, args=(at_mm,))
            region = make_region(scan, organ, at_mm, offer.sphere, "proposed")
            st.button(
                "Confirm",
                key=f"imaging_confirm:{organ}",
                on_click=_attempt,
                args=(scan, lambda: keep_region(scan, region)),
            )
            st.button("Discard", key=f"imaging_discard:{organ}", on_click=_discard, args=(scan, organ))


def _look(at_mm: Point) -> None:
    move_crosshair(at_mm)
    redraw_all()


def _discard(scan: Scan, organ: str) -> None:
    draft_of(scan.uid)["offers"].pop(organ, None)
    draft_of(scan.uid)["changed"] = True
