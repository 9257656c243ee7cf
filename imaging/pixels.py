"""Pixels of ordered slices into one float32 array: each slice by its own slope, and onto an even grid."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from imaging.archive import OpenSources, Source
from imaging.header import Header
from imaging.problem import ImagingError
from imaging.slices import Slice
from imaging.stack import Stack, keeps_even, normal_of
from imaging.unpacker import Unpacker
from imaging.volume import Float32, Volume

_FATAL = ("overlapping_slices", "no_position", "tilted_stack")


def load_stack(stack: Stack, factors: Sequence[float] | None, unit: str) -> Volume:
    """Volume of a stack in `unit`; values are (stored × slope + intercept) × factor, slice by slice."""
    _check_stack(stack)
    header = stack.slices[0].header
    with OpenSources() as files, Unpacker() as unpacker, np.errstate(over="ignore", invalid="ignore"):
        decoder = _Decoder(unpacker)
        # A compressed slice is unpacked before room is made for all of them: what it claims may be untrue.
        _read_pixels(stack.slices[0], files, decoder)
        values = np.empty((len(stack.slices), header.rows or 0, header.columns or 0), dtype=np.float32)
        for number, one in enumerate(stack.slices):
            stored = _read_pixels(one, files, decoder)
            slope, intercept = _rescale(one.header)
            factor = factors[number] if factors else 1.0
            np.multiply(stored, np.float32(slope * factor), out=values[number], casting="unsafe")
            if intercept:
                values[number] += np.float32(intercept * factor)
    return _place(stack, values, unit)


def _check_stack(stack: Stack) -> None:
    header = stack.slices[0].header
    fatal = next((problem for problem in stack.problems if problem.code in _FATAL), None)
    if fatal:
        raise ImagingError(fatal.says)
    if header.rows is None or header.columns is None or not stack.positions_mm or header.frames > 1:
        raise ImagingError("This series is not a stack of single-slice images, so no volume can be made of it.")
    if header.samples != 1:
        raise ImagingError("This series is in colour (a screen shot), so no volume can be made of it.")
    if header.pixel_spacing is None or min(header.pixel_spacing) <= 0:
        raise ImagingError("The slices have no pixel spacing (0028,0030), so no millimetre can be measured.")


def _rescale(header: Header) -> tuple[float, float]:
    """Slope and intercept; without them the stored value is the value, as the standard says."""
    return 1.0 if header.slope is None else header.slope, header.intercept or 0.0


def _read_pixels(one: Slice, files: OpenSources, decoder: "_Decoder") -> npt.NDArray[Any]:
    header, place = one.header, one.pixels
    shape = (header.rows or 0, header.columns or 0)
    if place is None:
        return decoder.read(one, files, shape)
    with files.open(one.source) as stream:
        stream.seek(place.offset)
        data = stream.read(place.length)
    if len(data) < place.length:
        raise ImagingError(f"{one.source.name} is shorter than when it was listed; send the study again.")
    return _used_bits(np.frombuffer(data, dtype=place.dtype, count=shape[0] * shape[1]), header).reshape(shape)


def _used_bits(stored: npt.NDArray[Any], header: Header) -> npt.NDArray[Any]:
    """The bits that hold the value: what lies above Bits Stored is none of it (PS3.5 8.1.1)."""
    unused = stored.dtype.itemsize * 8 - (header.bits_stored or 0)
    if not header.bits_stored or unused <= 0:
        return stored
    native = stored.astype(stored.dtype.newbyteorder("="))
    return (native << unused) >> unused


class _Decoder:
    """Compressed pixels, by whichever decoder is installed (python-gdcm); a multi-frame file is decoded once."""

    def __init__(self, unpacker: Unpacker) -> None:
        self._unpacker = unpacker
        self._source: Source | None = None
        self._pixels: npt.NDArray[Any] = np.empty((0, 0, 0))

    def read(self, one: Slice, files: OpenSources, shape: tuple[int, int]) -> npt.NDArray[Any]:
        """The pixels of one slice, rows × columns; ImagingError when they cannot be read or are not as announced."""
        if one.source != self._source:
            with files.open(one.source) as stream:
                self._pixels = self._unpacker.unpack(stream.read(), one.source.name)
            self._source = one.source
        number = (one.header.frame or 1) - 1
        if self._pixels.shape[1:] != shape or number >= len(self._pixels):
            raise ImagingError(f"The compressed pixels of {one.source.name} have another size than its header says.")
        return self._pixels[number]


def _place(stack: Stack, values: Float32, unit: str) -> Volume:
    header, between = stack.slices[0].header, stack.spacing_mm or 1.0
    axes = np.asarray(header.orientation or (1, 0, 0, 0, 1, 0), dtype=float)
    columns = np.column_stack([axes[:3], axes[3:], normal_of(header)])
    if not keeps_even(stack):
        values = _resample_evenly(stack, values, between)
    spacing = header.pixel_spacing or (1.0, 1.0)
    position = header.position or (0.0, 0.0, 0.0)
    return Volume(
        values=values,
        origin_mm=(position[0], position[1], position[2]),
        spacing_mm=(spacing[1], spacing[0], between),
        direction=tuple(float(n) for n in columns.ravel()),
        unit=unit,
    )


def _resample_evenly(stack: Stack, values: Float32, between: float) -> Float32:
    """Linear interpolation along the normal onto an even grid that starts at the first slice."""
    places = np.asarray(stack.positions_mm) - stack.positions_mm[0]
    even = np.arange(round(float(places[-1]) / between) + 1) * between
    above = np.clip(np.searchsorted(places, even, side="left"), 1, len(places) - 1)
    share = np.clip((even - places[above - 1]) / (places[above] - places[above - 1]), 0, 1).astype(np.float32)
    share = share[:, None, None]
    return np.asarray(values[above - 1] * (1 - share) + values[above] * share, dtype=np.float32)
