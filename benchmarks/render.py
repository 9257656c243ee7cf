"""One fused 512 × 512 slice from two open volumes to an encoded picture, beside the plain way with Pillow alone.

Prints JSON; milliseconds of this process's own time (`cpu`) and by the clock (`wall`), each slice another one. The plain way
resizes PET and CT to the picture, colours the PET, lays it over the CT and writes a PNG as Pillow does by default; without
bars, letters or crosshair. Noise everywhere makes it as hard to encode as a scan can be.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from PIL import Image

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))

from benchmarks.open_pages import spread  # noqa: E402
from imaging.annotate import Marker  # noqa: E402
from imaging.colour import colour_table, fusion_opacity  # noqa: E402
from imaging.extent import volume_extent  # noqa: E402
from imaging.render import View, render_slice  # noqa: E402
from imaging.volume import Volume  # noqa: E402
from imaging.window import Window, load_windows  # noqa: E402

LIMIT_MS = 15.0
SIZE_PX = 512
PLANES = {"axial": 2, "coronal": 1, "sagittal": 0}
_IDENTITY = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--slices", type=int, default=60, help="pictures of each plane")
    parser.add_argument("--depth", type=int, default=300, help="slices of the volumes")
    asked = parser.parse_args()
    pet, ct = make_volumes(asked.depth)
    found: dict[str, Any] = {"benchmark": "render", "limit_ms": LIMIT_MS, "size_px": SIZE_PX}
    found["load"] = [round(one, 2) for one in os.getloadavg()]
    found["ours"] = {plane: measure(draw_with(pet, ct, plane), asked.slices) for plane in PLANES}
    found["plain_pillow"] = measure(draw_plainly(pet, ct), asked.slices)
    found["ratio_to_plain"] = round(
        found["ours"]["axial"]["wall"]["median_ms"] / found["plain_pillow"]["wall"]["median_ms"], 3
    )
    found["meets"] = all(one["wall"]["median_ms"] < LIMIT_MS for one in found["ours"].values())
    print(json.dumps(found, indent=2))


def make_volumes(depth: int) -> tuple[Volume, Volume]:
    """PET of 200 × 200 and CT of 512 × 512 over the same cube of 512 mm, `depth` slices each."""
    noise = np.random.default_rng(17)
    step_mm = SIZE_PX / depth
    grids = (
        (200, "SUVbw", noise.gamma(1.0, 2.0, (depth, 200, 200))),
        (512, "HU", noise.normal(0, 60, (depth, 512, 512))),
    )
    made = [
        Volume(
            values.astype(np.float32),
            (SIZE_PX / count / 2 - 256, SIZE_PX / count / 2 - 256, step_mm / 2 - 256),
            (SIZE_PX / count, SIZE_PX / count, step_mm),
            _IDENTITY,
            unit,
        )
        for count, unit, values in grids
    ]
    return made[0], made[1]


def draw_with(pet: Volume, ct: Volume, plane: str) -> Callable[[int], bytes]:
    view = View(volume_extent(ct), crosshair=True)
    window = Window(0.0, 10.0, "SUVbw", "benchmark")

    def draw(number: int) -> bytes:
        place = [12.3, -20.6, 31.4]
        place[PLANES[plane]] = -200.0 + 6.13 * number % 400
        at_mm = (place[0], place[1], place[2])
        return render_slice(pet, ct, plane, at_mm, window, "fused", (Marker("1", at_mm),), SIZE_PX, view).data

    return draw


def draw_plainly(pet: Volume, ct: Volume) -> Callable[[int], bytes]:
    low, high = load_windows()["ct"][0].low, load_windows()["ct"][0].high

    def draw(number: int) -> bytes:
        slices = [one.values[number % one.values.shape[0]] for one in (pet, ct)]
        hot, grey = (
            np.asarray(Image.fromarray(one).resize((SIZE_PX, SIZE_PX), Image.Resampling.BILINEAR)) for one in slices
        )
        steps = np.clip(hot * 25.5, 0, 255).astype(np.uint8)
        share = (fusion_opacity()[steps] / 255)[..., None]
        ground = np.clip((grey - low) / (high - low), 0, 1)[..., None] * 255
        mixed = (colour_table("hot_metal")[steps] * share + ground * (1 - share)).astype(np.uint8)
        buffer = BytesIO()
        Image.fromarray(mixed).save(buffer, "PNG")
        return buffer.getvalue()

    return draw


def measure(draw: Callable[[int], bytes], slices: int) -> dict[str, Any]:
    for number in range(3):
        draw(number)
    wall, own, sizes = [], [], []
    for number in range(slices):
        start, start_own = time.perf_counter(), time.thread_time()
        sizes.append(len(draw(number)))
        wall.append((time.perf_counter() - start) * 1000)
        own.append((time.thread_time() - start_own) * 1000)
    return {"wall": spread(wall), "cpu": spread(own), "kb": round(median(sizes) / 1024)}


if __name__ == "__main__":
    main()
