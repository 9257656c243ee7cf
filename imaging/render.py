"""Pictures of a study: slices of PET, CT and fusion, and projections, with all a reader needs written on them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from imaging.annotate import (
    BAR_WIDTH_PX,
    DARK_INK,
    LIGHT_INK,
    Marker,
    colour_bars,
    draw_crosshair,
    draw_markers,
    draw_orientation,
    draw_scale,
    say_value,
)
from imaging.colour import Bytes, colour_table, fusion_opacity
from imaging.extent import Extent, Point, body_extent, close_up
from imaging.frame import Frame, plane_frame, sample_plane
from imaging.orientation import turn_to_patient_axes
from imaging.projection import Projection, compute_projection
from imaging.volume import Float32, Volume
from imaging.window import Window, load_windows

MODES = ("PET", "CT", "fused")
_AIR_HU = -1024.0
_JPEG_QUALITY = 90


@dataclass(frozen=True)
class Picture:
    """An encoded picture with a sentence for those who cannot see it, and the frame its pixels lie in.

    The patient is the left `frame.width_px` × `frame.height_px` pixels; the colour bar is beside it on the right.
    """

    data: bytes
    media_type: str
    alt: str
    frame: Frame
    width_px: int
    height_px: int


@dataclass(frozen=True)
class View:
    """How much is shown: `extent` (None: the body), narrowed to `width_mm` around the point when given.

    `bare`: the picture alone without bar and letters, for one too small to write on.
    """

    extent: Extent | None = None
    width_mm: float | None = None
    crosshair: bool = False
    ct_window: Window | None = None
    bare: bool = False


WHOLE = View()


def render_slice(
    pet: Volume | None,
    ct: Volume | None,
    plane: str,
    at_mm: Point,
    window: Window,
    mode: str,
    markers: Sequence[Marker] = (),
    size_px: int = 512,
    view: View = WHOLE,
) -> Picture:
    """One axial, coronal or sagittal slice through a point (LPS, mm), millimetre-true, as a JPEG of quality 90.

    `window` is the PET's in modes "PET" and "fused" and the CT's in mode "CT"; it must be in the unit of the volume, so
    that a picture in Bq/ml can never carry an SUV scale. Raises ValueError with a sentence when that, the mode, the
    plane or a missing volume makes the picture impossible.
    """
    shown = _volumes(pet, ct, mode)
    _check_unit(shown[0], window)
    extent = view.extent or body_extent(turn_to_patient_axes(pet if pet is not None else shown[0]))
    if view.width_mm is not None:
        extent = close_up(extent, at_mm, view.width_mm)
    frame = plane_frame(extent, plane, at_mm, size_px)
    steps = [
        _sample(volume, frame, plane, window if place == 0 else _ct_window(view)) for place, volume in enumerate(shown)
    ]
    ground = _blend(steps[0], steps[1]) if len(steps) == 2 else _colour(steps[0], mode == "PET")
    bars = _bars(mode, window, _ct_window(view))
    if view.bare:
        return _encode(ground, frame, _say_slice(plane, mode, at_mm, window, ()))
    image, drawn = _annotate(ground, frame, bars, markers, at_mm if view.crosshair else None)
    return _encode(image, frame, _say_slice(plane, mode, at_mm, window, drawn))


def render_mip(
    pet: Volume | None,
    window: Window,
    angle_deg: float = 0.0,
    markers: Sequence[Marker] = (),
    size_px: int = 640,
    view: View = WHOLE,
    projection: Projection | None = None,
) -> Picture:
    """Maximum-intensity projection in inverted grey seen from `angle_deg` (0 front, 90 the patient's left).

    Give a `projection` made before (`compute_projection`) to change window or markers without projecting again.
    """
    if projection is None:
        if pet is None:
            raise ValueError("A projection needs a PET series, and none is open.")
        turned = turn_to_patient_axes(pet)
        projection = compute_projection(turned, angle_deg, view.extent or body_extent(turned), size_px)
    if projection.unit != window.unit:
        raise ValueError(_wrong_unit(projection.unit, window))
    ground = _colour(_steps(projection.values, window), True)
    alt = f"Projection of the hottest PET values seen from {projection.angle_deg:.0f} degrees, {_say_window(window)}"
    if view.bare:
        return _encode(ground, projection.frame, f"{alt}.")
    image, drawn = _annotate(ground, projection.frame, (("inverted_grey", window),), markers, None, through=True)
    return _encode(image, projection.frame, f"{alt}{_say_markers(drawn)}.")


def _volumes(pet: Volume | None, ct: Volume | None, mode: str) -> list[Volume]:
    if mode not in MODES:
        raise ValueError(f"A slice is shown as PET, CT or fused, not {mode}.")
    wanted = {"PET": [pet], "CT": [ct], "fused": [pet, ct]}[mode]
    present = [volume for volume in wanted if volume is not None]
    if len(present) < len(wanted):
        raise ValueError(
            f"A {mode} picture needs {_needs(mode)}, and {'it is' if mode != 'fused' else 'one is'} not open."
        )
    return present


def _needs(mode: str) -> str:
    return {"PET": "a PET series", "CT": "a CT series", "fused": "a PET and a CT series"}[mode]


def _check_unit(volume: Volume, window: Window) -> None:
    if volume.unit != window.unit:
        raise ValueError(_wrong_unit(volume.unit, window))


def _wrong_unit(unit: str, window: Window) -> str:
    return f"The series is in {unit} and the display window in {window.unit}: give a window in {unit}."


def _ct_window(view: View) -> Window:
    return view.ct_window or load_windows()["ct"][0]


def _sample(volume: Volume, frame: Frame, plane: str, window: Window) -> Bytes:
    outside = _AIR_HU if volume.unit == "HU" else 0.0
    return _steps(sample_plane(turn_to_patient_axes(volume), frame, plane, outside), window)


def _steps(values: Float32, window: Window) -> Bytes:
    """Values as the 256 steps of a colour table: `low` is 0 and `high` is 255."""
    scaled = (values - np.float32(window.low)) * np.float32(255.0 / (window.high - window.low))
    return np.clip(scaled, 0, 255, out=scaled).astype(np.uint8)


def _colour(steps: Bytes, light: bool) -> Image.Image:
    return Image.fromarray(255 - steps if light else steps)


def _blend(pet: Bytes, ct: Bytes) -> Image.Image:
    """Hot metal over grey; the PET covers more of the CT the hotter it is."""
    both = pet.astype(np.uint16)
    both <<= 8
    both |= ct
    height, width = pet.shape
    return Image.frombuffer("RGB", (width, height), _fusion_table().take(both), "raw", "RGBX", 0, 1)


@cache
def _fusion_table() -> npt.NDArray[np.uint32]:
    """The colour of each PET step (high byte) over each CT step (low byte): four bytes R, G, B and one unused."""
    opacity = fusion_opacity().astype(np.uint16)
    cover = colour_table("hot_metal").astype(np.uint16) * opacity[:, None] // 255
    grey = ((255 - opacity)[:, None] * np.arange(256)).astype(np.uint16) >> 8
    table = np.zeros((256, 256, 4), dtype=np.uint8)
    table[..., :3] = cover[:, None, :] + grey[..., None]
    return table.reshape(-1, 4).view(np.uint32).ravel()


def _bars(mode: str, window: Window, ct_window: Window) -> tuple[tuple[str, Window], ...]:
    if mode == "fused":
        return (("hot_metal", window), ("grey", ct_window))
    return (("inverted_grey" if mode == "PET" else "grey", window),)


def _annotate(
    ground: Image.Image,
    frame: Frame,
    bars: tuple[tuple[str, Window], ...],
    markers: Sequence[Marker],
    crosshair: Point | None,
    through: bool = False,
) -> tuple[Image.Image, tuple[str, ...]]:
    light = bars[0][0] == "inverted_grey"
    ink = DARK_INK if light else LIGHT_INK
    image = Image.new("RGB", (frame.width_px + BAR_WIDTH_PX, frame.height_px), ink.rim)
    image.paste(ground, (0, 0))
    image.paste(colour_bars(frame.height_px, bars, light), (frame.width_px, 0))
    draw = ImageDraw.Draw(image)
    if crosshair is not None:
        draw_crosshair(draw, frame, crosshair)
    drawn = draw_markers(draw, frame, markers, through)
    draw_orientation(draw, frame, ink)
    draw_scale(draw, frame, ink)
    return image, drawn


def _encode(image: Image.Image, frame: Frame, alt: str) -> Picture:
    buffer = BytesIO()
    image.save(buffer, "JPEG", quality=_JPEG_QUALITY, subsampling=0)
    return Picture(buffer.getvalue(), "image/jpeg", alt, frame, image.width, image.height)


def _say_slice(plane: str, mode: str, at_mm: Point, window: Window, drawn: tuple[str, ...]) -> str:
    axis, place = {"axial": ("z", at_mm[2]), "coronal": ("y", at_mm[1]), "sagittal": ("x", at_mm[0])}[plane]
    what = "fused PET and CT" if mode == "fused" else mode
    return f"{plane.capitalize()} {what} slice at {axis} = {place:.0f} mm, {_say_window(window)}{_say_markers(drawn)}."


def _say_window(window: Window) -> str:
    return f"window {say_value(window.low)} to {say_value(window.high)} {window.unit}"


def _say_markers(drawn: tuple[str, ...]) -> str:
    if drawn and not any(drawn):
        return f"; marked: {len(drawn)} {'lesion' if len(drawn) == 1 else 'lesions'}"
    return f"; marked: {', '.join(drawn)}" if drawn else ""
