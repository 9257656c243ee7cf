"""How the scans of two days lie over one another, kept in a file beside their volumes. No Streamlit.

An uploaded scan's volume lies in the folder of its session, so what is aligned with it is gone when the session ends.
"""

import json
import os
import secrets
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from imaging.extent import Point
from imaging.motion import RigidMotion, read_motion
from imaging.problem import ImagingError
from imaging.register import Likeness, Registration
from views.scan import TRIAL_TRACERS, Scan
from views.scan_day import read_day

_ZERO = (0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Alignment:
    """From `fixed` to `moving` (study UIDs): what the CTs gave, whether it is used, and what the reader added by hand.

    `registration` is None where the CTs were never aligned; `accepted`: the reader uses it although it is not trusted.
    The nudge pushes the moving picture as seen over the fixed one (mm and degrees, LPS).
    """

    fixed: str
    moving: str
    registration: Registration | None = None
    accepted: bool = False
    nudge_mm: Point = _ZERO
    nudge_deg: Point = _ZERO
    centre_mm: Point = _ZERO
    aligned_at: str | None = None

    @property
    def uses_registration(self) -> bool:
        return self.registration is not None and (self.registration.trusted or self.accepted)

    @property
    def is_nudged(self) -> bool:
        return any((*self.nudge_mm, *self.nudge_deg))

    @property
    def motion(self) -> RigidMotion | None:
        """From the fixed scan to the moving one; None when nothing has laid them over one another."""
        if not self.uses_registration and not self.is_nudged:
            return None
        found = self.registration.motion if self.registration and self.uses_registration else None
        return (found or RigidMotion(centre_mm=self.centre_mm)).nudge(self.nudge_mm, self.nudge_deg)

    def motion_from(self, study: str) -> RigidMotion | None:
        """From one of the two studies to the other."""
        motion = self.motion
        return motion if motion is None or study == self.fixed else motion.invert()


def study_of(scan: Scan) -> str:
    """PET and CT of one study lie in one space."""
    return scan.record.study_uid or scan.uid


def order_pair(one: Scan, other: Scan) -> tuple[Scan, Scan]:
    """The fixed scan and the moving one: Pentixafor stays, whichever of the two is open."""
    first, second = sorted((one, other), key=_rank)
    return first, second


def _rank(scan: Scan) -> tuple[int, str, str]:
    tracer = scan.record.tracer
    place = TRIAL_TRACERS.index(tracer) if tracer in TRIAL_TRACERS else len(TRIAL_TRACERS)
    return place, str(read_day(scan.record).day or ""), scan.uid


def read_alignment(fixed: Scan, moving: Scan) -> Alignment:
    """What is kept of this pair, an empty alignment when nothing is; ImagingError when the file is damaged."""
    path = _path(fixed, moving)
    if not path.is_file():
        return Alignment(study_of(fixed), study_of(moving))
    try:
        return _read(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ImagingError("The kept alignment of these two scans is damaged: align them again.") from error


def _read(document: dict[str, Any]) -> Alignment:
    found = document.pop("registration")
    known: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in document.items()}
    for name in ("nudge_mm", "nudge_deg", "centre_mm"):
        read_motion({"rotation_deg": known[name], "translation_mm": _ZERO, "centre_mm": _ZERO})
    if found is None:
        return Alignment(**known)
    likeness = {name: Likeness(**found[name]) for name in ("before", "after")}
    motion = read_motion(found["motion"])
    return Alignment(registration=Registration(**{**found, **likeness, "motion": motion}), **known)


def save_alignment(fixed: Scan, moving: Scan, alignment: Alignment) -> None:
    """Keep it, whole or not at all."""
    path = _path(fixed, moving)
    document = asdict(alignment)
    if alignment.registration:
        document["registration"]["motion"] = alignment.registration.motion.to_json()
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    with partial.open("w", encoding="utf-8") as stream:
        json.dump(document, stream, indent=1)
        stream.flush()
        os.fsync(stream.fileno())
    partial.replace(path)


def keep_registration(fixed: Scan, moving: Scan, found: Registration) -> Alignment:
    """A new result of the CTs takes the place of what was there, and of what was nudged by hand."""
    kept = Alignment(study_of(fixed), study_of(moving), found, centre_mm=found.motion.centre_mm)
    kept = replace(kept, aligned_at=datetime.now(UTC).isoformat(timespec="seconds"))
    save_alignment(fixed, moving, kept)
    return kept


def _path(fixed: Scan, moving: Scan) -> Path:
    """In the folder of the scan that goes first: an upload of this session before a stored one."""
    places = [scan.path for scan in sorted((fixed, moving), key=lambda scan: scan.stored)]
    if places[0] is None:
        raise ImagingError("The images of one of the two scans are gone from the server; upload them again.")
    pair = sha256(f"{study_of(fixed)}|{study_of(moving)}".encode()).hexdigest()[:20]
    return places[0].parent / f"alignment_{pair}.json"
