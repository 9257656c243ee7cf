"""Image findings of a case and lesions measured on its scans, as lines of a table."""

from collections.abc import Sequence

import pandas as pd

from decision.case import ImagingFinding
from decision.vocabulary import load_vocabulary
from store import MeasurementRecord, SeriesRecord
from views.names import site_name
from views.words import UNKNOWN, say_number

FINDING_COLUMNS = ("Examination", "Region", "Finding", "Size", "SUVmax", "÷ liver", "÷ other side", "At")
LESION_COLUMNS = ("Lesion", "Site", "Tracer", "SUVmax", "÷ liver", "÷ other side", "Volume")


def make_findings_table(findings: Sequence[ImagingFinding]) -> pd.DataFrame:
    """One line a finding as it was reported."""
    return pd.DataFrame([_finding_line(finding) for finding in findings], columns=list(FINDING_COLUMNS))


def make_lesions_table(lesions: Sequence[MeasurementRecord], series: Sequence[SeriesRecord]) -> pd.DataFrame:
    """One line a measured lesion, with the tracer of the series it was measured on."""
    tracers = {record.series_uid: record.tracer for record in series}
    return pd.DataFrame(
        [_lesion_line(lesion, tracers.get(lesion.series_uid)) for lesion in lesions], columns=list(LESION_COLUMNS)
    )


def say_finding(finding: ImagingFinding) -> str:
    """What was seen, in words: "lesion, left, heterogeneous", "positive uptake"."""
    words = load_vocabulary()
    parts = [words.findings.get(finding.finding or ""), words.sides.get(finding.side or "")]
    parts.append(f"{finding.uptake} uptake" if finding.uptake else None)
    parts += [words.flags[flag] for flag in finding.flags]
    return ", ".join(part for part in parts if part) or UNKNOWN


def _finding_line(finding: ImagingFinding) -> dict[str, str]:
    words = load_vocabulary()
    examination = words.modalities.get(finding.modality or "", UNKNOWN)
    attenuation = "" if finding.attenuation_hu is None else f" · {say_number(finding.attenuation_hu)} HU"
    size = UNKNOWN if finding.size_mm is None else f"{say_number(finding.size_mm)} mm"
    minutes = UNKNOWN if finding.uptake_minutes is None else f"{finding.uptake_minutes:.0f} min"
    return {
        "Examination": f"{examination} {finding.tracer}" if finding.tracer else examination,
        "Region": words.regions.get(finding.region or "", UNKNOWN),
        "Finding": say_finding(finding),
        "Size": size + attenuation,
        "SUVmax": say_number(finding.suv_max),
        "÷ liver": _ratio(finding.suv_max, finding.liver_suv_mean),
        "÷ other side": _ratio(finding.suv_max, finding.contralateral_suv_max),
        "At": minutes,
    }


def _lesion_line(lesion: MeasurementRecord, tracer: str | None) -> dict[str, str]:
    return {
        "Lesion": lesion.lesion,
        "Site": site_name(lesion.site) if lesion.site else UNKNOWN,
        "Tracer": tracer or UNKNOWN,
        "SUVmax": say_number(lesion.suv_max),
        "÷ liver": _ratio(lesion.suv_max, lesion.liver_suv_mean),
        "÷ other side": _ratio(lesion.suv_max, lesion.contralateral_suv_max),
        "Volume": UNKNOWN if lesion.volume_ml is None else f"{say_number(lesion.volume_ml)} ml",
    }


def _ratio(value: float | None, reference: float | None) -> str:
    return UNKNOWN if value is None or not reference else say_number(value / reference)
