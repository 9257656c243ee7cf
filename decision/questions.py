"""What is possible but unusual in a case: sentences that ask the reader to check, never refusals."""

from collections.abc import Iterator

from decision.case import Case, ImagingFinding, Result
from decision.limits import question_number, question_value
from decision.units import as_xuln, find_test, format_result
from decision.vocabulary import load_vocabulary

ABOVE_ULN = ("elevated", "high")


def question_case(case: Case) -> tuple[str, ...]:
    """Everything in the case worth a second look, in the order of the case, each a full sentence."""
    asked = [f"Age {case.age_years:g}: {says}." for says in question_number("age_years", case.age_years or 0)]
    for result in case.results:
        asked += [f"{_name_result(result)}: {says}." for says in _question_result(result)]
    for finding in case.imaging:
        asked += [f"{_name_finding(finding)}: {says}." for says in _question_finding(finding)]
    return tuple(dict.fromkeys(asked))


def _name_result(result: Result) -> str:
    return f"{find_test(result.test).short_name} {format_result(result)}"


def _name_finding(finding: ImagingFinding) -> str:
    words = load_vocabulary()
    region = words.regions[finding.region] if finding.region else "region not given"
    return f"{finding.modality or 'Imaging'} {region}"


def _question_result(result: Result) -> Iterator[str]:
    if result.value is None or result.unit is None:
        if result.outcome is None:
            yield "neither value nor outcome is given, so it counts as not known"
        return
    yield from question_value(result.test, result.value, result.unit)
    ratio = as_xuln(result)
    if ratio is None and result.outcome is None and find_test(result.test).needs_uln:
        yield "give the laboratory's upper limit (uln); without it an amount by this method cannot be judged"
    if ratio is not None and result.comparator is None:
        yield from _question_outcome(ratio, result.outcome)


def _question_outcome(ratio: float, outcome: str | None) -> Iterator[str]:
    if outcome in ABOVE_ULN and ratio <= 1:
        yield f'"{outcome}" contradicts a value within the upper limit ({ratio:.2g} × ULN)'
    if outcome == "normal" and ratio > 1:
        yield f'"normal" contradicts a value above the upper limit ({ratio:.2g} × ULN)'


def _question_finding(finding: ImagingFinding) -> Iterator[str]:
    for field, value in finding:
        if isinstance(value, float):
            yield from question_number(field, value, finding.region)
    if finding.region is None:
        yield "the region is not given, so the finding cannot be used"
    if finding.modality is None:
        yield _question_modality(finding)
    if finding.finding == "normal" and finding.size_mm is not None:
        yield f'"normal" contradicts a size of {finding.size_mm:g} mm'
    if finding.attenuation_hu is not None and finding.modality not in ("CT", None):
        yield "an attenuation in HU comes from CT"
    yield from _question_uptake(finding)


def _question_modality(finding: ImagingFinding) -> str:
    if finding.tracer is not None:
        return "the examination is not given: read as a PET scan, because a tracer is named"
    if finding.finding is not None:
        return "the examination is not given: read as CT or MRI"
    return "the modality is not given, so the finding cannot be used"


def _question_uptake(finding: ImagingFinding) -> Iterator[str]:
    if finding.modality == "PET" and finding.tracer is None:
        yield "the tracer is not given, so the uptake cannot be used"
    if finding.suv_max is not None and finding.modality in ("MRI", "CT"):
        yield "an SUV comes from PET"
    if finding.suv_peak is not None and finding.suv_max is not None and finding.suv_peak > finding.suv_max:
        yield f"the peak of {finding.suv_peak:g} is above the maximum of {finding.suv_max:g}"
    tracers = load_vocabulary().tracers
    if finding.modality == "PET" and finding.tracer is not None and finding.tracer not in tracers:
        yield f'"{finding.tracer}" is not a tracer with evidence here: it weighs nothing (known: {", ".join(tracers)})'
