"""What the data checks look at, put together from what the store keeps. No Streamlit here."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from decision.units import convert
from imaging.quality_rules import load_ranges
from store import (
    AdverseEvent,
    Deviation,
    MeasurementRecord,
    Patient,
    ReadRecord,
    ReferenceDiagnosis,
    ScreenedPerson,
    SeriesRecord,
    Store,
)
from trial.discordance import Opinion
from trial.protocol import TracerPlan, load_protocol
from trial.quality import Fact, Facts, QualityRecord, load_quality
from trial.quality_times import take_fingerprint
from trial.screening import find_consent_type
from views.names import plain_name, subtype_name
from views.scan_day import read_day

ACTH = "acth_plasma"
GROUPS = {
    "late_night_cortisol": ("cortisol_late_night",),
    "hddst": ("hddst_", "liddle_"),
    "ipss": ("ipss_",),
}


@dataclass(frozen=True)
class Chart:
    """All that is kept of one patient."""

    patient: Patient
    case: Mapping[str, Any]
    screened: ScreenedPerson | None = None
    reference: ReferenceDiagnosis | None = None
    reads: Sequence[ReadRecord] = ()
    series: Sequence[SeriesRecord] = ()
    measurements: Sequence[MeasurementRecord] = field(default=())
    incidents: Sequence[AdverseEvent | Deviation] = ()

    @property
    def scan_days(self) -> dict[str, date | None]:
        """By tracer the true day of the scan, None where it is not known; tracers without a scan are absent."""
        days: dict[str, date | None] = {str(entry["tracer"]): None for entry in self.pet_entries}
        days |= {read.tracer: days.get(read.tracer) for read in self.reads}
        for series in self.series:
            if series.tracer:
                days[series.tracer] = read_day(series).day
        return days

    @property
    def pet_entries(self) -> list[Mapping[str, Any]]:
        return [one for one in self.case.get("imaging", ()) if one.get("modality") == "PET" and one.get("tracer")]


def fetch_charts(store: Store) -> tuple[Chart, ...]:
    """Every patient with all that is kept of them, in the order of the pseudonyms."""
    cases = store.fetch_cases()
    references = {one.patient_id: one for one in store.fetch_references()}
    screened = {one.patient_id: one for one in store.trial.fetch_screened() if one.patient_id}
    reads, series = _group(store.fetch_reads()), _group(store.fetch_series())
    measured = _group(store.fetch_measurements())
    incidents = _group([*store.trial.fetch_events(), *store.trial.fetch_deviations()])
    return tuple(
        Chart(
            one,
            cases[name],
            screened.get(name),
            references.get(name),
            reads[name],
            series[name],
            measured[name],
            incidents[name],
        )  # fmt: skip
        for one in store.fetch_patients()
        for name in (one.patient_id,)
    )


def _group(records: Iterable[Any]) -> dict[str, list[Any]]:
    grouped: dict[str, list[Any]] = defaultdict(list)
    for record in records:
        grouped[record.patient_id].append(record)
    return grouped


def make_record(chart: Chart) -> QualityRecord:
    """The patient as the checks of trial.quality take it."""
    facts = _make_facts(chart)
    scans = chart.scan_days
    results = sorted(
        (str(one["test"]), str(one.get("value")), str(one.get("unit"))) for one in chart.case.get("results", ())
    )
    return QualityRecord(
        chart.patient.patient_id,
        _list_known(chart, facts, scans),
        _make_conditions(chart, facts, scans),
        facts,
        tuple(_make_scan(chart, tracer, day) for tracer, day in scans.items()),
        tuple(_make_places(chart)),
        take_fingerprint([chart.patient.age_years, chart.patient.sex, results]),
        len(results),
    )


def fingerprint_chart(chart: Chart) -> str:
    """Another text after anything kept of the patient changed, apart from the bulk of the images."""
    parts = (chart.patient, chart.screened, chart.reference, *chart.reads, *chart.measurements, *chart.incidents)
    return take_fingerprint([chart.case, *(asdict(part) for part in parts if part is not None)])


def _make_facts(chart: Chart) -> dict[str, Fact]:
    patient, line, reference, protocol = chart.patient, chart.screened, chart.reference, load_protocol()
    return {
        "age_years": patient.age_years,
        "sex": patient.sex,
        "enrolled_on": patient.enrolled_on,
        "screened_on": line.screened_on if line else None,
        "consented_on": line.consented_on if line else None,
        "consent_type": line.consent_type if line else None,
        "consent_due": find_consent_type(patient.age_years),
        "age_from": protocol.age_from_years,
        "age_to": protocol.age_to_years,
        "acth_pg_ml": _find_acth(chart.case),
        "reference": subtype_name(reference.subtype) if reference else None,
        "reference_on": reference.decided_on if reference else None,
        "reference_basis": reference.basis if reference else None,
        "acth_class": Opinion("reference", reference.subtype).acth_class if reference else None,
    }


def _find_acth(case: Mapping[str, Any]) -> float | None:
    """The first plasma ACTH in pg/mL; a value told only as above or below a limit is not known."""
    unit = load_quality()["acth_class"]["unit"]
    for one in case.get("results", ()):
        if one["test"] == ACTH and one.get("value") is not None and not one.get("comparator"):
            return (
                convert(ACTH, one["value"], one["unit"]) / convert(ACTH, 1.0, unit) if one["unit"] != "xULN" else None
            )
    return None


def _list_known(chart: Chart, facts: Facts, scans: Mapping[str, date | None]) -> frozenset[str]:
    tests = {str(one["test"]) for one in chart.case.get("results", ())}
    groups = {name for name, starts in GROUPS.items() if any(test.startswith(starts) for test in tests)}
    known = {name for name, value in facts.items() if value is not None} | tests | groups
    for one in chart.case.get("imaging", ()):
        known.add(f"{one.get('modality')}_{str(one.get('region')).split('_')[0]}".lower())
    for tracer in load_protocol().tracers:
        known |= _list_known_of_tracer(chart, tracer, scans)
    return frozenset(known)


def _list_known_of_tracer(chart: Chart, tracer: TracerPlan, scans: Mapping[str, date | None]) -> set[str]:
    name = tracer.short_name.lower()
    readers = {read.reader for read in chart.reads if read.tracer == tracer.code}
    filled = {
        "scan": tracer.code in scans,
        "day": scans.get(tracer.code) is not None,
        "minutes": _find_minutes(chart, tracer.code) is not None,
        "reads": len(readers) >= load_quality()["reads"]["expected"],
    }
    return {f"{name}_{part}" for part, there in filled.items() if there}


def _find_minutes(chart: Chart, tracer: str) -> float | None:
    minutes = [one.get("uptake_minutes") for one in chart.pet_entries if one["tracer"] == tracer]
    minutes += [one.uptake_minutes for one in chart.series if one.tracer == tracer]
    return next((float(value) for value in minutes if value is not None), None)


def _make_conditions(chart: Chart, facts: Facts, scans: Mapping[str, date | None]) -> dict[str, bool | None]:
    kind = find_acth_class(facts)
    told = {f"{tracer.short_name.lower()}_scan": tracer.code in scans for tracer in load_protocol().tracers}
    sizes = [
        one.get("size_mm") or 0.0
        for one in chart.case.get("imaging", ())
        if one.get("modality") == "MRI" and one.get("region") == "pituitary"
    ]
    clear = any(size >= load_quality()["clear_lesion"]["size_mm"] for size in sizes)
    return {
        **told,
        "acth_dependent": None if kind is None else kind == "dependent",
        "acth_independent": None if kind is None else kind == "independent",
        "no_clear_lesion": not clear if sizes else None,
        "reference": chart.reference is not None,
    }


def find_acth_class(facts: Facts) -> str | None:
    """By the reference diagnosis, else by ACTH alone; None in its grey zone or without a value."""
    if facts["acth_class"] is not None:
        return str(facts["acth_class"])
    level, rule = facts["acth_pg_ml"], load_quality()["acth_class"]
    if not isinstance(level, float):
        return None
    if level > rule["dependent_above"]:
        return "dependent"
    return "independent" if level < rule["independent_below"] else None


def _make_scan(chart: Chart, tracer: str, day: date | None) -> dict[str, Fact]:
    window = load_ranges().get((tracer, "uptake_minutes"))
    return {
        "tracer_name": name_tracer(tracer),
        "scanned_on": day,
        "uptake_minutes": _find_minutes(chart, tracer),
        "window_low": window.low if window else None,
        "window_high": window.high if window else None,
        "window": f"{window.low:g} to {window.high:g} min" if window and window.low and window.high else None,
    }


def _make_places(chart: Chart) -> Iterable[dict[str, Fact]]:
    tracers = {one.series_uid: str(one.tracer) for one in chart.series}
    told = [(one["tracer"], one.get("region"), one) for one in chart.pet_entries]
    told += [(tracers.get(one.series_uid, ""), one.lesion, asdict(one)) for one in chart.measurements]
    for tracer, region, one in told:
        values = {name: one.get(name) for name in ("suv_max", "suv_mean", "suv_peak")}
        yield {"tracer_name": name_tracer(tracer), "region": plain_name(str(region)), **values}


def name_tracer(code: str) -> str:
    """The protocol's short name of a tracer: "Pentixafor"."""
    return next((one.short_name for one in load_protocol().tracers if one.code == code), code)
