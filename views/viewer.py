"""The viewer: one crosshair in three planes and a projection, PET, CT, fused or side by side. Runs as a fragment."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from imaging.annotate import Marker
from imaging.extent import Point
from imaging.render import View, render_slice
from imaging.volume import Volume
from imaging.window import Window, load_windows, suggest_window
from views import state
from views.projection_panel import show_projection
from views.slice_picture import Rest, Wheel, show_picture
from views.viewer_parts import redraw_position
from views.viewer_state import (
    crosshair,
    follow_click,
    follow_slider,
    follow_wheel,
    holds,
    note_pictured,
    numbers_lag,
    say_point,
    slice_count,
    slice_key,
    slice_number,
)
from views.volumes import OpenVolume

PLANES = {"axial": "Axial", "coronal": "Coronal", "sagittal": "Sagittal", "MIP": "MIP"}
WIDTHS = {"whole": None, "30 cm": 300.0, "15 cm": 150.0, "6 cm": 60.0}
SIZE_PX = 520
BESIDE_PX = 330
PROJECTION_PX = 600
_WINDOW_NOTE = "A display setting, not a clinical cut-off; measurements never use it."


@dataclass(frozen=True)
class Shown:
    """What is open: a PET and the CT of its study, whose they are, their lesions; `both` draws the other tracer beside.

    `followed`: numbers beside the pictures follow the crosshair. `doubt`: why PET and CT may not lie over one another;
    then they are not fused unless the reader asks for it.
    """

    pet: OpenVolume | None
    ct: OpenVolume | None
    tracer: str | None
    owner: str = ""
    markers: Sequence[Marker] = ()
    both: "DrawBoth | None" = None
    followed: bool = False
    doubt: str = ""

    @property
    def base(self) -> OpenVolume:
        """The volume whose slices the sliders count: the PET, or the CT where there is no PET."""
        base = self.pet or self.ct
        if base is None:
            raise ValueError("The viewer needs a PET or a CT series.")
        return base

    @property
    def modes(self) -> tuple[str, ...]:
        both = ("both tracers",) if self.both else ()
        if self.pet and self.ct:
            first = ("PET", "CT", "fused") if self.doubt else ("fused", "PET", "CT")
            return (*first, "side by side", *both)
        return ("PET", *both) if self.pet else ("CT",)


DrawBoth = Callable[[Shown, str, Point, Window, View], None]


def show_viewer(shown: Shown) -> None:
    """Controls above, pictures below, the slice slider under them."""
    find_crosshair(shown)
    note_pictured(shown.markers)
    with st.container(horizontal=True, gap="small"):
        plane = _choose("Plane", list(PLANES) if shown.pet else list(PLANES)[:3], "imaging_plane", PLANES)
        mode = _choose_mode(shown, plane)
    with st.container(horizontal=True, gap="small"):
        width = _choose("Width", list(WIDTHS), "imaging_width") if plane != "MIP" else "whole"
        with st.popover("Window", icon=":material/contrast:"):
            window, ct_window = _show_windows(shown)
    if shown.doubt and mode in ("fused", "side by side", "both tracers"):
        st.warning(shown.doubt, icon=":material/warning:")
    if plane == "MIP" and shown.pet:
        _show_projection(shown, shown.pet, window, mode)
        return
    view = View(shown.base.extent, WIDTHS[width], crosshair=True, ct_window=ct_window)
    _show_slices(shown, plane, mode, window, view)


def find_crosshair(shown: Shown) -> Point:
    return crosshair(shown.base.volume, shown.owner, shown.markers[0].at_mm if shown.markers else None)


def _choose(label: str, options: list[str], key: str, names: dict[str, str] | None = None) -> str:
    if state.widget_value(key) not in options:
        state.set_widget(key, options[0])
    shown = names or {}
    chosen: str | None = st.segmented_control(
        label,
        options,
        key=key,
        format_func=lambda option: shown.get(option, option),
        label_visibility="collapsed",
        persist_state="session",
    )
    return chosen or options[0]


def _choose_mode(shown: Shown, plane: str) -> str:
    """A projection is of PET: of one tracer, or of both where there are two."""
    if plane != "MIP":
        return _choose("Picture", list(shown.modes), "imaging_mode")
    return _choose("Tracers", ["PET", "both tracers"], "imaging_mip_mode") if shown.both else "PET"


def _show_windows(shown: Shown) -> tuple[Window, Window]:
    """Sliders for the PET window and a choice of CT windows; the defaults follow tracer and unit."""
    tissues = {w.label: w for w in load_windows()["ct"]}
    tissue = _choose("CT window", list(tissues), "imaging_tissue") if shown.ct else next(iter(tissues))
    if shown.pet is None:
        return tissues[tissue], tissues[tissue]
    return show_pet_window(shown), tissues[tissue]


def show_pet_window(shown: Shown) -> Window:
    """The slider of a PET's window; the default follows tracer and unit."""
    usual = suggest_window(shown.base.volume, shown.tracer)
    top, step = usual.high * 4, usual.high / 100
    low, high = st.slider(
        f"PET window, {usual.unit}", 0.0, top, (usual.low, usual.high), step, key=f"imaging_window:{shown.base.key}"
    )
    st.caption(_WINDOW_NOTE)
    return Window(low, max(high, low + step), usual.unit, usual.label)


def _show_slices(shown: Shown, plane: str, mode: str, window: Window, view: View) -> None:
    volume = shown.base.volume
    at_mm = find_crosshair(shown)
    if mode == "both tracers" and shown.both:
        shown.both(shown, plane, at_mm, window, view)
        return
    if mode == "side by side":
        left, right = st.columns(2)
        with left:
            show_slice(shown, plane, "PET", at_mm, window, view, BESIDE_PX)
        with right:
            show_slice(shown, plane, "fused", at_mm, window, view, BESIDE_PX)
    else:
        show_slice(shown, plane, mode, at_mm, window, view, SIZE_PX)
    show_slider(volume, plane, at_mm)


def show_slice(
    shown: Shown,
    plane: str,
    mode: str,
    at_mm: Point,
    window: Window,
    view: View,
    size_px: int,
    place: str = "",
    along: Volume | None = None,
) -> None:
    """One picture that answers to click and wheel; the wheel counts the slices of `along`, else of what is shown."""
    wanted = (view.ct_window or window) if mode == "CT" else window
    pet, ct = (opened.volume if opened else None for opened in (shown.pet, shown.ct))
    picture = render_slice(pet, ct, plane, at_mm, wanted, mode, shown.markers, size_px, view)
    key = f"imaging_picture_{place or mode}"
    on_click = follow_click(picture.frame, picture.width_px, key)
    volume = along or shown.base.volume
    turn = follow_wheel(volume, plane, key)
    wheel = Wheel(slice_number(volume, plane, at_mm), slice_count(volume, plane), turn)
    show_picture(picture, key, on_click, wheel, SIZE_PX, _rest(shown))


def _rest(shown: Shown) -> Rest | None:
    """The numbers beside the pictures follow when they stand at another point."""
    return Rest(redraw_position) if shown.followed and numbers_lag() else None


def show_slider(volume: Volume, plane: str, at_mm: Point) -> None:
    """Which slice of the open scan is looked at, and where the crosshair is in it."""
    count, number = slice_count(volume, plane), slice_number(volume, plane, at_mm)
    if count > 1:
        state.set_widget(slice_key(plane), number)
        follow = follow_slider(volume, plane)
        st.slider(f"Slice of {count}", 0, count - 1, key=slice_key(plane), on_change=follow)
    where = f"Crosshair {say_point(at_mm)}"
    if holds(volume, at_mm):
        x, y, z = (round(i) for i in volume.index_at(at_mm))
        where += f" · {volume.values[z, y, x]:.4g} {volume.unit} there"
    st.caption(f"{where}. Click moves the crosshair, the wheel changes the slice.")


def _show_projection(shown: Shown, pet: OpenVolume, window: Window, mode: str) -> None:
    if mode == "both tracers" and shown.both:
        shown.both(shown, "MIP", find_crosshair(shown), window, View())
    else:
        show_projection(pet, window, shown.markers, PROJECTION_PX)
    st.caption("Click a focus: the crosshair goes to the hottest point behind it, in all planes.")
