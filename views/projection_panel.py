"""The projection that turns, of one tracer or of both side by side: made once a series, then turned in the browser."""

from collections.abc import Sequence

import streamlit as st

from imaging.annotate import Marker
from imaging.extent import Point
from imaging.frame import Frame
from imaging.projection import Projection, find_hottest
from imaging.render import Picture, render_mip
from imaging.window import Window
from views.turning_picture import show_turning
from views.viewer_parts import redraw_all
from views.viewer_state import follow_turned_click
from views.volumes import OpenVolume, open_turn

_SIDES = {0: "front", 90: "the patient's left", 180: "back", 270: "the patient's right"}


def show_projection(
    pet: OpenVolume, window: Window, markers: Sequence[Marker], height_px: int, place: str = "", clickable: bool = True
) -> None:
    """A PET from all around; a click moves the crosshair to the hottest point behind it, where `clickable`."""
    turn = open_turn(pet)
    pictures = _draw(pet.key, window, tuple(markers), turn)
    key = f"imaging_picture_MIP{place}"

    def find(frame: Frame, column: float, row: float) -> Point:
        return find_hottest(pet.volume, frame, column, row)

    on_click = follow_turned_click([one.frame for one in turn], pictures[0].width_px, key, find, redraw_all)
    says = [_say_side(one.angle_deg) for one in turn]
    show_turning(pictures, says, key, height_px, on_click if clickable else None)


@st.cache_resource(max_entries=8, show_spinner=False)
def _draw(key: str, window: Window, markers: tuple[Marker, ...], _turned: Sequence[Projection]) -> list[Picture]:
    return [render_mip(None, window, markers=markers, projection=one) for one in _turned]


def _say_side(angle_deg: float) -> str:
    side = _SIDES.get(round(angle_deg))
    return f"{angle_deg:.0f}°, {side}" if side else f"{angle_deg:.0f}°"
