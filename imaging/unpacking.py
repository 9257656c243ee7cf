"""Unpacks compressed pixels in a process of its own: decoders are C++ and may bring their process down on damaged bytes.

Run as `python -m imaging.unpacking`. On standard input: a length (8 bytes, little endian) and that many bytes, the whole
file. On standard output: a line of JSON with either `error`, in words, or `shape` and `dtype`, after which the pixels
follow as they lie in memory. This goes on until the input ends.
"""

import contextlib
import io
import json
import struct
import sys
import warnings
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt
import pydicom
from pydicom.dataset import Dataset

LENGTH = struct.Struct("<Q")
# A thousand slices of 512 × 512; a claim beyond that is damage, or made to fill the memory.
LARGEST_OBJECT = 2**28
_MOST_BYTES = 4 * 2**30


def main() -> None:
    """Answers one file after another."""
    _limit_memory()
    warnings.simplefilter("ignore")
    files, answers = sys.stdin.buffer, sys.stdout.buffer
    while length := files.read(LENGTH.size):
        answer(files.read(LENGTH.unpack(length)[0]), answers)


def answer(data: bytes, answers: BinaryIO) -> None:
    """Writes the pixels of one file, frames × rows × columns, or what is wrong with it."""
    try:
        pixels = _unpack(data)
    except Exception as error:  # decoders raise many kinds; each means that these pixels cannot be shown
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        answers.write(json.dumps({"error": reason}).encode() + b"\n")
    else:
        head = {"shape": pixels.shape, "dtype": pixels.dtype.str}
        answers.write(json.dumps(head).encode() + b"\n")
        answers.write(pixels.data)
    answers.flush()


def _unpack(data: bytes) -> npt.NDArray[Any]:
    dataset = pydicom.dcmread(io.BytesIO(data), force=True)
    frames, pixels_a_frame = int(dataset.get("NumberOfFrames") or 1), dataset.Rows * dataset.Columns
    if frames * pixels_a_frame > LARGEST_OBJECT:
        raise ValueError("it claims more pixels than any one image has")
    if not dataset.file_meta.TransferSyntaxUID.is_compressed:
        _check_length(dataset, frames * pixels_a_frame)
    pixels = np.ascontiguousarray(dataset.pixel_array)
    return pixels if pixels.ndim == 3 else pixels[None]


def _check_length(dataset: Dataset, expected: int) -> None:
    """A deflated file holds plain pixels: as many as its rows and columns say."""
    bytes_expected = expected * dataset.BitsAllocated // 8
    if len(dataset.PixelData) - bytes_expected >= min(dataset.Rows, dataset.Columns):
        raise ValueError("it holds more pixels than its rows and columns say")


def _limit_memory() -> None:
    """Where the system knows such limits."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_MOST_BYTES, _MOST_BYTES))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
