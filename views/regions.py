"""Regions drawn elsewhere, for the open scan: read from files once, kept as numbers, placed again when their outline is needed."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from exchange.region_file import RegionFile, ScanSpace, open_region_file
from exchange.regions_in import DrawnRegion, measure_drawn, place_regions
from imaging.annotate import Marker
from imaging.extent import Point
from imaging.measure import Measurement
from imaging.problem import ImagingError
from imaging.region import Mask
from views import state
from views.scan import Scan
from views.scan_day import read_disguise
from views.volumes import OpenVolume

_COLOUR = "#56B4E9"
_MOST_MARKED = 40
_SAME = 1e-6


@dataclass(frozen=True)
class RegionSource:
    """A file of regions: its name on the screen, and its bytes or where it lies."""

    name: str
    file: bytes | Path

    @property
    def mark(self) -> str:
        """Tells this file from another one."""
        data = self.file if isinstance(self.file, bytes) else str(self.file).encode()
        return hashlib.sha256(data).hexdigest()


@dataclass(frozen=True)
class ListedRegion:
    """A region as the panel lists it: measured, or with the reason why not. `label` marks it on the pictures."""

    label: str
    number: int
    name: str
    measured: Measurement | None
    says: str
    source: RegionSource


@dataclass(frozen=True)
class Listing:
    """What one file gave: its regions, a sentence on what it was drawn on, or why it was refused."""

    source: RegionSource
    kind: str = ""
    regions: tuple[ListedRegion, ...] = ()
    says: str = ""
    refused: str = ""


def list_regions(scan: Scan, pet: OpenVolume, source: RegionSource) -> Listing:
    """The regions of a file on the scan as it is now; read once, kept while the session lasts."""
    draft = _draft(scan.uid)
    known: dict[tuple[str, str], Listing] = draft.setdefault("known", {})
    key = (source.mark, pet.key)
    if key not in known:
        known[key] = _list(scan, pet, source)
    draft["shown"] = known[key]
    return known[key]


def forget_regions(scan_uid: str) -> None:
    """No file is open any more; what was read stays known."""
    _draft(scan_uid).pop("shown", None)


def shown_regions(scan_uid: str) -> tuple[ListedRegion, ...]:
    """The regions of the open file that lie on the scan."""
    listing: Listing | None = _draft(scan_uid).get("shown")
    return tuple(one for one in listing.regions if one.measured) if listing else ()


def region_markers(scan_uid: str) -> tuple[Marker, ...]:
    """A circle as large as each region around its middle, with the letter of the table."""
    return tuple(
        Marker(one.label, one.measured.centre_mm, _radius_mm(one.measured.volume_ml), _COLOUR)
        for one in shown_regions(scan_uid)[:_MOST_MARKED]
        if one.measured
    )


def find_mask(scan: Scan, pet: OpenVolume, at_mm: Point, suv_max: float | None) -> tuple[Mask, Measurement]:
    """The outline of a lesion that was taken from a file, found again in the files of this session by its hottest point.

    Raises ImagingError when none of them has it.
    """
    for listing in _draft(scan.uid).get("known", {}).values():
        for one in listing.regions:
            if one.measured and _is_same(one.measured, at_mm, suv_max):
                placed = _place(scan, pet, one.source)
                mask = next(region.mask for region in placed if region.number == one.number)
                return mask, one.measured
    raise ImagingError(
        "This lesion was drawn in a file, and the outline is not kept: open the file again under “Regions from a file”."
    )


def _is_same(measured: Measurement, at_mm: Point, suv_max: float | None) -> bool:
    near = all(abs(a - b) < 1e-3 for a, b in zip(measured.max_mm, at_mm, strict=True))
    return near and suv_max is not None and abs(measured.suv_max - suv_max) <= _SAME * measured.suv_max


def _draft(scan_uid: str) -> dict[str, Any]:
    return state.draft(f"imaging_regions:{scan_uid}")


def _list(scan: Scan, pet: OpenVolume, source: RegionSource) -> Listing:
    try:
        opened = _open(scan, source)
        regions = tuple(
            _measure(number, region, pet, source)
            for number, region in enumerate(place_regions(opened.dataset, pet.volume, scan.series))
        )
    except ImagingError as error:
        return Listing(source, refused=str(error))
    if not regions:
        return Listing(source, refused="The file holds no region.")
    return Listing(source, opened.kind, regions, opened.says)


def _place(scan: Scan, pet: OpenVolume, source: RegionSource) -> Sequence[DrawnRegion]:
    return list(place_regions(_open(scan, source).dataset, pet.volume, scan.series))


def _open(scan: Scan, source: RegionSource) -> RegionFile:
    """The file with the UIDs that the scan's images were given when they were taken in."""
    if isinstance(source.file, Path) and not source.file.exists():
        raise ImagingError("The file is gone from the server with its upload; give it again.")
    person = read_disguise(scan.record)
    return open_region_file(source.file, scan_space(scan), person.replace_uid if person else None)


def scan_space(scan: Scan) -> ScanSpace:
    """By what a region file can know the scan, from its headers or as it was kept."""
    frame = scan.series.headers[0].frame_of_reference if scan.series else None
    return ScanSpace(scan.uid, frame or scan.record.inspection.get("frame_of_reference"))


def _measure(place: int, region: DrawnRegion, pet: OpenVolume, source: RegionSource) -> ListedRegion:
    try:
        measured, says = measure_drawn(pet.volume, region), region.says
    except ImagingError as error:
        measured, says = None, f"{region.says} {error}".strip()
    return ListedRegion(_letter(place), region.number, region.name, measured, says, source)


def _letter(place: int) -> str:
    """a, b, … z, aa, ab, …"""
    before, rest = divmod(place, 26)
    return (_letter(before - 1) if before else "") + chr(ord("a") + rest)


def _radius_mm(volume_ml: float) -> float:
    """Of a sphere of that volume."""
    return max(4.0, (volume_ml * 1000 * 0.2387) ** (1 / 3))
