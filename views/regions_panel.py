"""Regions from a file: a SEG or RTSTRUCT for the open scan, the values inside its regions, and one taken as a lesion."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import streamlit as st

from exchange.lesion import DRAWN
from views import state
from views.measure_panel import measuring
from views.regions import ListedRegion, Listing, RegionSource, forget_regions, list_regions, shown_regions
from views.scan import Scan
from views.viewer_parts import redraw_all
from views.viewer_state import move_crosshair, say_point
from views.volumes import OpenVolume
from views.words import UNKNOWN, escape, say_count, say_number

_COLUMNS = ["#", "Region", "SUVmax", "Mean", "Peak", "ml", "Total"]
_NUMBER_PX = 62
_ICON = ":material/draw:"


def show_regions(scan: Scan, pet: OpenVolume, found: Sequence[Path]) -> None:
    """The button behind which a file is opened (`found`: those that lay in the upload); its regions below the button."""
    with st.popover("Regions from a file…", icon=_ICON, width="stretch"):
        source = _ask_source(scan, found)
        listing = _list(scan, pet, source)
        if listing is None:
            st.caption("A DICOM SEG or RTSTRUCT drawn on these images, also with the identifiers of the hospital.")
        else:
            _show_listing(scan, listing)


def _ask_source(scan: Scan, found: Sequence[Path]) -> RegionSource | None:
    offered = [RegionSource(f"{path.stem} of the upload", path) for path in found if path.exists()]
    file = st.file_uploader("A SEG or RTSTRUCT file", key=f"imaging_region_file:{scan.uid}")
    if file is not None:
        return RegionSource(file.name, bytes(file.getbuffer()))
    if not offered:
        return None
    return st.selectbox(
        "In the upload",
        offered,
        index=None,
        format_func=lambda one: one.name,
        placeholder="choose a file",
        key=f"imaging_region_found:{scan.uid}",
    )


def _list(scan: Scan, pet: OpenVolume, source: RegionSource | None) -> Listing | None:
    before = shown_regions(scan.uid)
    if source is None:
        forget_regions(scan.uid)
        listing = None
    else:
        with st.spinner("Reading the regions"):
            listing = list_regions(scan, pet, source)
    if before != shown_regions(scan.uid):
        st.rerun()  # the pictures mark the regions
    return listing


def _show_listing(scan: Scan, listing: Listing) -> None:
    if listing.refused:
        st.warning(f"{escape(listing.source.name)}: {escape(listing.refused)}", icon=":material/block:")
        return
    st.markdown(f"**{listing.kind}** with {say_count(len(listing.regions), 'region')}, marked in blue on the pictures")
    if listing.says:
        st.caption(f":material/info: {listing.says}")
    columns = {name: st.column_config.TextColumn(alignment="right", width=_NUMBER_PX) for name in _COLUMNS[2:]}
    columns |= {"#": st.column_config.TextColumn(width=28), "Region": st.column_config.TextColumn(width=140)}
    st.dataframe(
        make_table(listing.regions),
        hide_index=True,
        column_config=columns,
        alt="Regions of the file with the SUV inside them",
    )
    st.caption(f"SUV inside each region; total uptake is SUVmean × ml; {UNKNOWN} is not known.")
    for one in listing.regions:
        if one.says:
            st.caption(f":material/warning: {one.label} {escape(one.name)}: {one.says}")
    _show_choice(scan, [one for one in listing.regions if one.measured])


def make_table(regions: Sequence[ListedRegion]) -> pd.DataFrame:
    """One row a region in the order of the file; an em dash where it holds nothing of the scan."""
    return pd.DataFrame([_row(one) for one in regions], columns=_COLUMNS)


def _row(region: ListedRegion) -> list[str]:
    one = region.measured
    if one is None:
        return [region.label, region.name, *[UNKNOWN] * 5]
    numbers = (one.suv_max, one.suv_mean, one.suv_peak, one.volume_ml, one.total_uptake)
    return [region.label, region.name, *map(say_number, numbers)]


def _show_choice(scan: Scan, regions: Sequence[ListedRegion]) -> None:
    if not regions:
        return
    key = f"imaging_region_chosen:{scan.uid}"
    by_label = {f"{one.label} {one.name}": one for one in regions}
    if state.widget_value(key) not in by_label:
        state.set_widget(key, next(iter(by_label)))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox("Region", list(by_label), key=key)
        st.button("Show", icon=":material/my_location:", on_click=_show_region, args=(key, by_label))
        st.button(
            "Measure as a lesion",
            icon=":material/target:",
            type="primary",
            on_click=_take,
            args=(key, by_label, scan.uid),
            help="Its numbers appear under Measure, where it is named by its site and attached like any lesion.",
        )
    measured = by_label[chosen].measured
    if measured is not None:
        st.caption(f"Centre {say_point(measured.centre_mm)} · hottest at {say_point(measured.max_mm)}")


# What a button does reads the box when it is pressed: a region chosen just before is not yet in its arguments.
def _show_region(key: str, by_label: dict[str, ListedRegion]) -> None:
    measured = by_label[state.widget_value(key)].measured
    if measured is not None:
        move_crosshair(measured.max_mm)
        redraw_all()


def _take(key: str, by_label: dict[str, ListedRegion], scan_uid: str) -> None:
    region = by_label[state.widget_value(key)]
    if region.measured is not None:
        at_mm = region.measured.max_mm
        measuring(scan_uid).update(measurement=region.measured, threshold=DRAWN, at_mm=at_mm, drawn=region.name)
        move_crosshair(at_mm)
        redraw_all()
