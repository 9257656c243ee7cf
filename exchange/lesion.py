"""What is exported: a measured lesion with its outline, and the stamp that every written object carries."""

import hashlib
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from imaging.measure import Measurement
from imaging.region import Mask
from imaging.volume import Volume

PROGRAM = "Cushing Board"
SYNTHETIC_NOTE = "SYNTHETIC DATA"
# The rule of a lesion whose outline came from a file instead of a threshold.
DRAWN = "drawn"
RESEARCH_NOTE = "Research use only: not a medical device, not for diagnosis or treatment."


@dataclass(frozen=True)
class Lesion:
    """A measured lesion: `mask` has the axes of `volume` (z-y-x, SUVbw); `site` is a region of the case.

    `threshold` is the rule by which it was outlined ("41%", "SUV:4.0", "liver", or "drawn"). The segmentation, the report and the
    structure set of one lesion name it by the same `tracking_uid`. `corrected` says what a reader put in the place of header
    values before it was measured, and why; empty where nothing was.
    """

    name: str
    site: str | None
    mask: Mask
    volume: Volume
    measurement: Measurement
    threshold: str
    tracking_uid: str
    corrected: str = ""

    @property
    def label(self) -> str:
        """The lesion in words: "Lesion 1 adrenal left"."""
        what = f"Lesion {self.name}" if self.name.isdigit() else self.name
        return f"{what} {(self.site or '').replace('_', ' ')}".strip()[:60]

    @property
    def rule(self) -> str:
        """How it was outlined, in words: "threshold 41% = SUV 6.2"."""
        level = f"SUV {self.measurement.threshold_suv:.4g}"
        return (
            f"drawn in a file, lowest {level}" if self.threshold == DRAWN else f"threshold {self.threshold} = {level}"
        )

    @property
    def caution(self) -> str:
        """What to check before the outline is trusted; empty where nothing is."""
        return f"Check the outline: {self.measurement.says}" if self.measurement.leaked else ""


def say_corrected(inspection: Mapping[str, Any]) -> str:
    """What a scan's document says of corrections in force: values and reason, not who made them; empty without any."""
    kept = inspection.get("corrections") or {}
    if not kept.get("says"):
        return ""
    return f"SUV corrected: {'; '.join(kept['says'])}. Reason: {kept.get('reason') or 'not known'}"


@dataclass(frozen=True)
class Stamp:
    """When an object is written, where its UIDs come from, and whether its patient is invented.

    The same source of UIDs and the same time give the same bytes.
    """

    at: datetime
    new_uid: Callable[[], str]
    synthetic: bool

    @property
    def date(self) -> str:
        return f"{self.at:%Y%m%d}"

    @property
    def time(self) -> str:
        return f"{self.at:%H%M%S}"

    def describe(self, what: str) -> str:
        """A series description, with the label of synthetic data where it is."""
        return f"{what} {SYNTHETIC_NOTE}" if self.synthetic else what

    @property
    def note(self) -> str:
        return f"{SYNTHETIC_NOTE}. {RESEARCH_NOTE}" if self.synthetic else RESEARCH_NOTE


def make_uids(*words: object) -> Callable[[], str]:
    """A source of UIDs under 2.25 that gives the same sequence for the same words."""
    numbers: Iterator[int] = count()

    def new_uid() -> str:
        digest = hashlib.sha256("|".join(map(str, (*words, next(numbers)))).encode()).digest()
        return f"2.25.{int.from_bytes(digest[:16], 'big')}"

    return new_uid


@cache
def program_version() -> str:
    """The program's version as pyproject.toml has it."""
    project = Path(__file__).parent.parent / "pyproject.toml"
    return str(tomllib.loads(project.read_text("utf-8"))["project"]["version"])
