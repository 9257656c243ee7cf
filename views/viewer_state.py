"""Where the reader looks: the crosshair and what the viewer was told, one for all pictures of a session."""

from collections.abc import Callable, Sequence
from typing import Any

from imaging.annotate import Marker
from imaging.extent import Point
from imaging.frame import PLANES, Frame
from imaging.motion import RigidMotion
from imaging.volume import Volume
from views import state

_DRAFT = "imaging_viewer"


def crosshair(volume: Volume, owner: str, first: Point | None = None) -> Point:
    """The point all planes cut. It stays when another scan of the same owner (a patient) is opened that holds it.

    Otherwise it starts at `first` (the first lesion), else in the middle of the volume.
    """
    seen = state.draft(_DRAFT)
    if seen.get("owner") != owner or not holds(volume, seen["at_mm"]):
        slices, rows, columns = volume.values.shape
        middle = volume.point_at((columns // 2, rows // 2, slices // 2))
        seen |= {"owner": owner, "at_mm": first if first and holds(volume, first) else middle}
    at_mm: Point = seen["at_mm"]
    return at_mm


def holds(volume: Volume, at_mm: Point) -> bool:
    """True when the point lies inside the volume."""
    return all(
        -0.5 <= index <= count - 0.5
        for index, count in zip(volume.index_at(at_mm), volume.values.shape[::-1], strict=True)
    )


def present_crosshair() -> Point:
    """Where the crosshair is at this moment, also for what a button does before the page is drawn again."""
    at_mm: Point = state.draft(_DRAFT)["at_mm"]
    return at_mm


def note_pictured(markers: Sequence[Marker]) -> None:
    """The pictures are about to be drawn for the present crosshair with these markers."""
    state.draft(_DRAFT)["pictured"] = present_crosshair(), tuple(markers)


def note_measured(at_mm: Point) -> None:
    """The numbers beside the pictures are drawn for this point."""
    state.draft(_DRAFT)["measured_at"] = at_mm


def pictures_lag(markers: Sequence[Marker]) -> bool:
    """True when the pictures were drawn for another point than the crosshair's, or with other markers."""
    return state.draft(_DRAFT).get("pictured") != (present_crosshair(), tuple(markers))


def numbers_lag() -> bool:
    """True when the numbers beside the pictures were drawn for another point than the crosshair's."""
    return state.draft(_DRAFT).get("measured_at") != present_crosshair()


def move_crosshair(at_mm: Point, scan_uid: str | None = None) -> None:
    """Look at a point (LPS, mm) of the open scan, or of the scan that is about to be opened."""
    state.draft(_DRAFT)["at_mm"] = at_mm
    if scan_uid is not None:
        state.draft(_DRAFT)["scan"] = scan_uid


def carry_crosshair(scan_uid: str, lead: Callable[[str], RigidMotion | None]) -> None:
    """Keep looking at the same place of the patient when another scan is opened; `lead` knows how the two lie."""
    seen = state.draft(_DRAFT)
    before = seen.get("scan")
    seen["scan"] = scan_uid
    motion = lead(before) if before not in (None, scan_uid) else None
    if motion is not None and "at_mm" in seen:
        seen["at_mm"] = motion.apply(seen["at_mm"])


def slice_key(plane: str) -> str:
    return f"imaging_slice_{plane}"


def slice_number(volume: Volume, plane: str, at_mm: Point) -> int:
    """Which slice of a plane holds the point, from 0, held inside the volume."""
    cut = PLANES[plane][2]
    number = round(volume.index_at(at_mm)[cut])
    return min(max(number, 0), slice_count(volume, plane) - 1)


def slice_count(volume: Volume, plane: str) -> int:
    return volume.values.shape[2 - PLANES[plane][2]]


def go_to_slice(volume: Volume, plane: str, number: int) -> None:
    """Move the crosshair along a plane's normal onto a slice."""
    cut = PLANES[plane][2]
    at_mm = list(state.draft(_DRAFT)["at_mm"])
    at_mm[cut] = volume.origin_mm[cut] + number * volume.spacing_mm[cut]
    move_crosshair((at_mm[0], at_mm[1], at_mm[2]))


def follow_slider(volume: Volume, plane: str) -> Callable[[], None]:
    """What the slice slider does when it is moved."""
    return lambda: go_to_slice(volume, plane, state.widget_value(slice_key(plane), 0))


def follow_wheel(volume: Volume, plane: str, key: str) -> Callable[[], None]:
    """What turning the wheel over a picture does: the slice it asked for."""

    def turn() -> None:
        wanted = _event(key, "scrolled")
        if wanted is not None:
            go_to_slice(volume, plane, min(max(int(wanted), 0), slice_count(volume, plane) - 1))

    return turn


def follow_click(
    frame: Frame, width_px: int, key: str, find: Callable[[float, float], Point] | None = None
) -> Callable[[], None]:
    """What a click does: the crosshair moves under it (`find`: to the point it finds behind the pixel)."""

    def click() -> None:
        place = _event(key, "clicked")
        if place is None:
            return
        column, row = float(place[0]) * width_px - 0.5, float(place[1]) * frame.height_px - 0.5
        if 0 <= column < frame.width_px:
            move_crosshair(find(column, row) if find else frame.point_at(column, row))

    return click


def follow_turned_click(
    frames: Sequence[Frame],
    width_px: int,
    key: str,
    find: Callable[[Frame, float, float], Point],
    then: Callable[[], None],
) -> Callable[[], None]:
    """What a click on one of several pictures of the same size does: the crosshair moves to the point behind it."""

    def click() -> None:
        place = _event(key, "clicked")
        if place is None or not 0 <= int(place[2]) < len(frames):
            return
        frame = frames[int(place[2])]
        column, row = float(place[0]) * width_px - 0.5, float(place[1]) * frame.height_px - 0.5
        if 0 <= column < frame.width_px:
            move_crosshair(find(frame, column, row))
            then()

    return click


def _event(key: str, name: str) -> Any:
    result = state.widget_value(key) or {}
    return result.get(name) if hasattr(result, "get") else None


def say_point(at_mm: Point) -> str:
    """A point in words: "L 12 · P 4 · H 130 mm", with R, A and F where the sign turns."""
    letters = (("R", "L"), ("A", "P"), ("F", "H"))
    return " · ".join(f"{pair[int(c >= 0)]} {abs(c):.0f}" for pair, c in zip(letters, at_mm, strict=True)) + " mm"
