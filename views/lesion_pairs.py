"""The lesions of both tracers in one table: what each takes up and how each was read. No Streamlit."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from decision.vocabulary import load_vocabulary
from imaging.motion import RigidMotion
from imaging.pairs import LesionPair, Sight, TracerLesion, pair_lesions
from imaging.volume import Volume
from store import MeasurementRecord
from views.scan import Scan
from views.words import UNKNOWN, say_number


def make_pairs(
    scans: tuple[Scan, Scan],
    lesions: Sequence[MeasurementRecord],
    entries: Sequence[Mapping[str, Any]],
    motion: RigidMotion | None,
    volumes: tuple[Volume | None, Volume | None],
) -> tuple[LesionPair, ...]:
    """The patient's measured lesions, the first scan's tracer first. `motion` leads from the first to the second.

    Without a motion the scanner's coordinates pair them, and no uptake is read at a place nobody measured: it would be
    another place.
    """
    first, second = (_lesions_of(scan, lesions, entries) for scan in scans)
    if motion is None:
        return pair_lesions(first, second, RigidMotion())
    return pair_lesions(first, second, motion, None, *volumes)


def _lesions_of(
    scan: Scan, lesions: Sequence[MeasurementRecord], entries: Sequence[Mapping[str, Any]]
) -> list[TracerLesion]:
    own = [one for one in lesions if one.series_uid == scan.uid]
    return [
        TracerLesion(one.lesion, one.site, place, one.suv_max, _word(one, own, scan.record.tracer, entries))
        for one in own
        if (place := one.centre_mm or one.at_mm)
    ]


def _word(
    lesion: MeasurementRecord,
    own: Sequence[MeasurementRecord],
    tracer: str | None,
    entries: Sequence[Mapping[str, Any]],
) -> str | None:
    """The reader's word for the lesion; else what the case says of the region: of its hottest lesion, so of no other."""
    if lesion.uptake is not None:
        return lesion.uptake
    if tracer is None or any(one.site == lesion.site and (one.suv_max or 0) > (lesion.suv_max or 0) for one in own):
        return None
    said = [e.get("uptake") for e in entries if (e.get("tracer"), e.get("region")) == (tracer, lesion.site)]
    return said[-1] if said else None


def make_pair_table(pairs: Sequence[LesionPair], tracers: tuple[str, str]) -> pd.DataFrame:
    """One row a lesion; a value in brackets was read at the place of the other tracer's lesion."""
    first, second = (tracer.removeprefix("68Ga-") for tracer in tracers)
    rows = [[_name(pair), _value(pair.a), _value(pair.b), pair.code, _apart(pair.apart_mm)] for pair in pairs]
    return pd.DataFrame(rows, columns=["Lesion", first, second, "Read", "Apart, mm"])


def _name(pair: LesionPair) -> str:
    """The name somebody gave it, else its region with its number."""
    region = load_vocabulary().regions.get(pair.site or "", pair.site or UNKNOWN)
    return f"{region} ({pair.name})" if pair.name.isdigit() else pair.name


def _apart(millimetres: float | None) -> str:
    return UNKNOWN if millimetres is None else f"{millimetres:.0f}"


def _value(sight: Sight) -> str:
    if sight.suv_max is None:
        return UNKNOWN
    return say_number(sight.suv_max) if sight.measured else f"({say_number(sight.suv_max)})"
