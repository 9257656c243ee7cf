"""What the images showed: one line a region with every examination side by side, and one line a measured lesion."""

from collections.abc import Sequence

import pandas as pd

from decision.case import ImagingFinding
from decision.vocabulary import load_vocabulary
from store import MeasurementRecord, SeriesRecord
from views.names import site_name
from views.words import UNKNOWN, say_number

STRUCTURE = "MRI and CT"
OTHER = "Other"
TRACERS = {"68Ga-Pentixafor": "Pentixafor", "68Ga-DOTATATE": "DOTATATE"}
REGION_COLUMNS = ("Region", STRUCTURE, *TRACERS.values(), OTHER)
LESION_COLUMNS = ("Lesion", "Site", "Tracer", "SUVmax", "÷ liver", "÷ other", "Volume")


def make_findings_table(findings: Sequence[ImagingFinding]) -> pd.DataFrame:
    """One line a region in the vocabulary's order; a cell without a finding is not known. "Other" only when used."""
    names = load_vocabulary().regions
    regions = sorted({finding.region or "" for finding in findings}, key=[*names, ""].index)
    lines = [_region_line(region, [f for f in findings if (f.region or "") == region]) for region in regions]
    table = pd.DataFrame(lines, columns=list(REGION_COLUMNS))
    return table.drop(columns=OTHER) if (table[OTHER] == UNKNOWN).all() else table


def _region_line(region: str, findings: Sequence[ImagingFinding]) -> dict[str, str]:
    cells: dict[str, list[str]] = {name: [] for name in REGION_COLUMNS[1:]}
    for finding in findings:
        cells[_column(finding)].append(say_finding(finding))
    name = load_vocabulary().regions.get(region, UNKNOWN)
    return {"Region": name} | {column: "; ".join(dict.fromkeys(said)) or UNKNOWN for column, said in cells.items()}


def _column(finding: ImagingFinding) -> str:
    if finding.modality in ("MRI", "CT"):
        return STRUCTURE
    return TRACERS.get(finding.tracer or "", OTHER)


def say_finding(finding: ImagingFinding) -> str:
    """What was seen, in words: "CT lesion, 28 mm, 12 HU", "positive, SUVmax 15.2, 9.5 × liver"."""
    words = load_vocabulary()
    named = _column(finding) in TRACERS.values()
    examination = "" if named else finding.tracer or finding.modality or "examination not known"
    seen = words.findings.get(finding.finding or "", "") or ("" if finding.uptake else "seen")
    parts = [f"{examination} {seen}".strip(), words.sides.get(finding.side or "", "")]
    parts += [words.uptakes.get(finding.uptake or "", ""), *(words.flags[flag] for flag in finding.flags)]
    return ", ".join([*(part for part in parts if part), *_say_numbers(finding)])


def _say_numbers(finding: ImagingFinding) -> list[str]:
    liver = _ratio(finding.suv_max, finding.liver_suv_mean)
    other = _ratio(finding.suv_max, finding.contralateral_suv_max)
    numbers = {
        f"{say_number(finding.size_mm)} mm": finding.size_mm,
        f"{say_number(finding.attenuation_hu)} HU": finding.attenuation_hu,
        f"SUVmax {say_number(finding.suv_max)}": finding.suv_max,
        f"{say_number(liver)} × liver": liver,
        f"{say_number(other)} × other side": other,
        f"at {say_number(finding.uptake_minutes)} min": finding.uptake_minutes if finding.suv_max is not None else None,
    }
    return [text for text, value in numbers.items() if value is not None]


def make_lesions_table(lesions: Sequence[MeasurementRecord], series: Sequence[SeriesRecord]) -> pd.DataFrame:
    """One line a measured lesion, with the tracer of the series it was measured on."""
    tracers = {record.series_uid: record.tracer for record in series}
    lines = [_lesion_line(lesion, tracers.get(lesion.series_uid)) for lesion in lesions]
    return pd.DataFrame(lines, columns=list(LESION_COLUMNS))


def _lesion_line(lesion: MeasurementRecord, tracer: str | None) -> dict[str, str]:
    return {
        "Lesion": lesion.lesion,
        "Site": site_name(lesion.site) if lesion.site else UNKNOWN,
        "Tracer": TRACERS.get(tracer or "", tracer) or UNKNOWN,
        "SUVmax": say_number(lesion.suv_max),
        "÷ liver": say_number(_ratio(lesion.suv_max, lesion.liver_suv_mean)),
        "÷ other": say_number(_ratio(lesion.suv_max, lesion.contralateral_suv_max)),
        "Volume": UNKNOWN if lesion.volume_ml is None else f"{say_number(lesion.volume_ml)} ml",
    }


def _ratio(value: float | None, reference: float | None) -> float | None:
    return None if value is None or not reference else value / reference
