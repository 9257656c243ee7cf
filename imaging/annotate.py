"""What is written on a picture: orientation letters, scale, lesion markers, crosshair, colour bars with their unit."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from PIL import Image, ImageDraw, ImageFont

from imaging.colour import CROSSHAIR_COLOUR, MARKER_COLOUR, colour_table
from imaging.extent import Point
from imaging.frame import Frame, edge_letters
from imaging.window import Window

BAR_WIDTH_PX = 76
_SCALE_LENGTHS_MM = (200, 100, 50, 20, 10, 5)


@dataclass(frozen=True)
class Marker:
    """A lesion on a picture: a thin circle of `radius_mm` around `at_mm` (LPS) with its label beside it."""

    label: str
    at_mm: Point
    radius_mm: float = 10.0
    colour: str = MARKER_COLOUR


@dataclass(frozen=True)
class Ink:
    """Writing that reads on the picture's ground: dark with a light rim on inverted PET, light with a dark rim else."""

    text: str
    rim: str


DARK_INK = Ink("#1F2933", "#FFFFFF")
LIGHT_INK = Ink("#FFFFFF", "#000000")


@cache
def font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """The font that comes with Pillow, so that pictures look the same everywhere; it has no dashes but the hyphen."""
    return ImageFont.load_default(size)


def draw_orientation(draw: ImageDraw.ImageDraw, frame: Frame, ink: Ink) -> None:
    """The side of the patient at each edge: R L A P H F."""
    width, height = frame.width_px, frame.height_px
    back = tuple(-c for c in frame.right)
    up = tuple(-c for c in frame.down)
    places = (
        (edge_letters((back[0], back[1], back[2])), (6, height / 2), "lm"),
        (edge_letters(frame.right), (width - 6, height / 2), "rm"),
        (edge_letters((up[0], up[1], up[2])), (width / 2, 5), "mt"),
        (edge_letters(frame.down), (width / 2, height - 5), "mb"),
    )
    for letters, place, anchor in places:
        _write(draw, place, letters, ink, anchor, 17)


def draw_scale(draw: ImageDraw.ImageDraw, frame: Frame, ink: Ink) -> None:
    """A bar of a round length, about a fifth of the picture, in the lower left corner."""
    room_mm = frame.width_px * frame.mm_per_px * 0.3
    length = next((mm for mm in _SCALE_LENGTHS_MM if mm <= room_mm), _SCALE_LENGTHS_MM[-1])
    end, base = 10 + length / frame.mm_per_px, frame.height_px - 10
    draw.line([(10, base), (end, base)], fill=ink.rim, width=5)
    draw.line([(10, base), (end, base)], fill=ink.text, width=3)
    label = f"{length // 10} cm" if length >= 10 else f"{length} mm"
    _write(draw, (10, base - 6), label, ink, "lb", 13)


def draw_markers(draw: ImageDraw.ImageDraw, frame: Frame, markers: Sequence[Marker], through: bool) -> tuple[str, ...]:
    """Circles of the lesions this plane cuts (`through`: of all, as on a projection); gives back the labels drawn."""
    drawn = []
    for marker in markers:
        off = 0.0 if through else frame.distance_mm(marker.at_mm)
        if off > marker.radius_mm:
            continue
        column, row = frame.pixel_at(marker.at_mm)
        radius = max(6.0, (marker.radius_mm**2 - off**2) ** 0.5 / frame.mm_per_px)
        box = (column - radius, row - radius, column + radius, row + radius)
        draw.ellipse((box[0] - 1, box[1] - 1, box[2] + 1, box[3] + 1), outline="#000000", width=1)
        draw.ellipse(box, outline=marker.colour, width=2)
        rim = Ink(marker.colour, "#000000")
        _write(draw, (column + radius * 0.75 + 3, row - radius * 0.75 - 2), marker.label, rim, "lb", 16)
        drawn.append(marker.label)
    return tuple(drawn)


def draw_crosshair(draw: ImageDraw.ImageDraw, frame: Frame, at_mm: Point) -> None:
    """Four thin lines that leave the point itself open."""
    column, row = frame.pixel_at(at_mm)
    gap = 9
    for line in (
        [(0, row), (column - gap, row)],
        [(column + gap, row), (frame.width_px, row)],
        [(column, 0), (column, row - gap)],
        [(column, row + gap), (column, frame.height_px)],
    ):
        if line[1][0] >= line[0][0] and line[1][1] >= line[0][1]:
            draw.line(line, fill=CROSSHAIR_COLOUR, width=1)


def say_value(value: float) -> str:
    """A number as the colour bar writes it: 2.5, 10, 20 000; plain hyphen below zero."""
    if abs(value) >= 10_000:
        return f"{value:,.0f}".replace(",", " ")
    return f"{value:.4g}"


@lru_cache(maxsize=64)
def colour_bars(height_px: int, bars: tuple[tuple[str, Window], ...], light: bool) -> Image.Image:
    """The strip right of the picture: one bar a (table, window), each headed by its unit, on white or black ground."""
    ink = DARK_INK if light else LIGHT_INK
    strip = Image.new("RGB", (BAR_WIDTH_PX, height_px), ink.rim)
    draw = ImageDraw.Draw(strip)
    share = height_px / len(bars)
    for place, (table, window) in enumerate(bars):
        top, bottom = int(place * share) + 30, int(min((place + 1) * share, place * share + 300)) - 14
        gradient = Image.fromarray(colour_table(table)[::-1].reshape(256, 1, 3)).resize((14, max(1, bottom - top)))
        strip.paste(gradient, (8, top))
        draw.rectangle((7, top - 1, 22, bottom), outline="#888888")
        draw.text((6, top - 23), window.unit, font=font(13), fill=ink.text)
        for part in (0.0, 0.5, 1.0):
            row = bottom - part * (bottom - top)
            value = window.low + part * (window.high - window.low)
            draw.text((27, row), say_value(value), font=font(12), fill=ink.text, anchor="lm")
    return strip


def _write(draw: ImageDraw.ImageDraw, place: tuple[float, float], text: str, ink: Ink, anchor: str, size: int) -> None:
    draw.text(place, text, font=font(size), fill=ink.text, anchor=anchor, stroke_width=2, stroke_fill=ink.rim)
