"""The preview of a scan for lists, the review and the summary: its projection, and a small picture of the same to go in a row."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from PIL import Image

from imaging.annotate import Marker
from imaging.extent import Point
from imaging.orientation import turn_to_patient_axes
from imaging.projection import compute_projection
from imaging.render import Picture, View, render_mip, render_slice
from imaging.volume import Volume
from imaging.window import suggest_window

SMALL_PX = 96
SMALL_SUFFIX = ".small.jpg"
_CLOSE_UP_MM = 220.0
_JPEG_QUALITY = 75


def save_preview(
    path: Path, pet: Volume, ct: Volume | None, tracer: str | None, lesions_mm: Sequence[Point] = ()
) -> None:
    """Write the preview as `path` (.jpg) and the small one beside it; `lesions_mm` (LPS) with the hottest first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(render_preview(pet, tracer, lesions_mm).data)
    small_path(path).write_bytes(render_small(pet, ct, tracer, lesions_mm[0] if lesions_mm else None))


def small_path(path: Path) -> Path:
    """Where the small picture of a preview lies."""
    return path.with_suffix(SMALL_SUFFIX)


def render_preview(pet: Volume, tracer: str | None, lesions_mm: Sequence[Point] = ()) -> Picture:
    """The projection from the front in the tracer's window, its unit on the bar, the lesions circled."""
    return render_mip(pet, suggest_window(pet, tracer), markers=[Marker("", place) for place in lesions_mm])


def render_small(pet: Volume, ct: Volume | None, tracer: str | None, at_mm: Point | None) -> bytes:
    """A JPEG at most `SMALL_PX` wide and high without writing: the axial slice at a point, else the projection.

    Too small to read a value from: it says which scan it is, and leads to it.
    """
    window, bare = suggest_window(pet, tracer), View(width_mm=_CLOSE_UP_MM, bare=True)
    if at_mm is not None:
        mode = "fused" if ct is not None else "PET"
        picture = render_slice(pet, ct, "axial", at_mm, window, mode, (), SMALL_PX, bare)
    else:
        projection = compute_projection(turn_to_patient_axes(pet), size_px=4 * SMALL_PX)
        picture = render_mip(None, window, view=bare, projection=projection)
    return shrink(picture.data)


def shrink(data: bytes) -> bytes:
    """An encoded picture as a JPEG that fits a row; a small one stays as large as it is."""
    image = Image.open(BytesIO(data))
    image.thumbnail((SMALL_PX, SMALL_PX), Image.Resampling.LANCZOS)
    buffer = BytesIO()
    image.save(buffer, "JPEG", quality=_JPEG_QUALITY)
    return buffer.getvalue()
