"""The screening log of the synthetic trial, its adverse events, deviations and queries, with faults put in on purpose."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal

import numpy as np

from sample_data.cohort import SyntheticPatient
from sample_data.draws import Draws, load_parameters
from sample_data.people import Person
from store import Store
from store.trial_records import AdverseEvent, Answer, DataQuery, Deviation, QueryNote, ScreenedPerson
from trial.screening import Criterion, find_age_band, find_consent_type, load_criteria

RAISED_BY, ANSWERED_BY = "Data manager", "Site"
STATES: dict[str, Literal["open", "answered", "closed"]] = {
    "answered": "answered",
    "closed": "closed",
    "reopened": "open",
}


@dataclass(frozen=True)
class TrialLog:
    """Everything the trial wrote down beside its patients."""

    screened: tuple[ScreenedPerson, ...]
    events: tuple[AdverseEvent, ...]
    deviations: tuple[Deviation, ...]
    queries: tuple[DataQuery, ...]


def save_log(store: Store, cohort: Sequence[SyntheticPatient]) -> None:
    """Put the log into the store; what is there already under the same numbers is replaced, nothing is doubled."""
    log = make_log([patient.person for patient in cohort])
    store.trial.save_screened(log.screened)
    if not store.trial.fetch_events():
        store.trial.save_events(log.events)
    if not store.trial.fetch_deviations():
        store.trial.save_deviations(log.deviations)
    if not store.trial.fetch_queries():
        store.trial.save_queries(log.queries)


def make_log(people: Sequence[Person]) -> TrialLog:
    """The same people give the same log; lines are numbered by the day of screening."""
    settings = load_parameters("screening")
    lines = [_make_enrolled(person, settings) for person in people]
    lines += _make_others(people, settings)
    lines.sort(key=lambda line: (line.screened_on or date.max, line.patient_id or "~"))
    numbered = tuple(replace(line, screening_id=f"S{place:03d}") for place, line in enumerate(lines, start=1))
    enrolled = {person.patient_id: person.enrolled_on for person in people}
    return TrialLog(
        numbered,
        tuple(_make_event(item, enrolled) for item in settings["event"] if item["patient_id"] in enrolled),
        tuple(_make_deviation(item, enrolled) for item in settings["deviation"] if item["patient_id"] in enrolled),
        tuple(_make_query(item, enrolled) for item in settings["query"] if item["patient_id"] in enrolled),
    )


def _draws_of(number: int) -> Draws:
    # A stream of its own, so that the log changes nothing about the patients.
    return Draws(np.random.default_rng([int(load_parameters("cohort")["seed"]), 1, number]))


def _make_enrolled(person: Person, settings: Mapping[str, Any]) -> ScreenedPerson:
    draws = _draws_of(person.number)
    low, high = settings["log"]["before_enrolment_days"]
    screened_on = person.enrolled_on - timedelta(days=int(draws.between(low, high + 1)))
    consented_on = screened_on + timedelta(days=int(draws.between(0, (person.enrolled_on - screened_on).days + 1)))
    line = ScreenedPerson(
        "",
        screened_on,
        find_age_band(person.age_years),
        person.sex,
        {one.code: _answer(one, person.sex, failed=False) for one in load_criteria()},
        decision="enrolled",
        decided_by=settings["log"]["decided_by"],
        consent_type=find_consent_type(person.age_years),
        consented_on=consented_on,
        patient_id=person.patient_id,
        synthetic=True,
    )
    return _put_faults(line, person.enrolled_on, settings["fault"])


def _put_faults(line: ScreenedPerson, enrolled_on: date, faults: Sequence[Mapping[str, Any]]) -> ScreenedPerson:
    for fault in faults:
        if fault["patient_id"] != line.patient_id:
            continue
        days = fault.get("days_after_enrolment")
        if fault["what"] == "consent_type":
            line = replace(line, consent_type=fault["value"])
        else:
            line = replace(line, consented_on=None if days is None else enrolled_on + timedelta(days=days))
    return line


def _make_others(people: Sequence[Person], settings: Mapping[str, Any]) -> Iterator[ScreenedPerson]:
    """Those not enrolled and those not decided yet; nobody is screened where nobody is enrolled."""
    if not people:
        return
    first = min(person.enrolled_on for person in people)
    span = (max(person.enrolled_on for person in people) - first).days
    rule = settings["log"]
    for place in range(rule["not_enrolled"] + rule["pending"]):
        draws = _draws_of(1000 + place)
        if place < rule["not_enrolled"]:
            yield _make_failure(draws, first + timedelta(days=int(draws.between(0, span))), settings)
        else:
            yield _make_pending(draws, first + timedelta(days=span), settings)


def _make_failure(draws: Draws, day: date, settings: Mapping[str, Any]) -> ScreenedPerson:
    reason = draws.choose(settings["reasons"])
    sex = "female" if reason == "pregnant_or_breastfeeding" or draws.chance(0.7) else "male"
    age = draws.between(20, 50) if sex == "female" and reason == "pregnant_or_breastfeeding" else draws.between(12, 79)
    age = 84.0 if reason == "age" else age
    return ScreenedPerson(
        "",
        day,
        find_age_band(age),
        sex,
        {one.code: _answer(one, sex, failed=one.code == reason) for one in load_criteria()},
        reason=reason,
        decision="not_enrolled",
        decided_by=settings["log"]["decided_by"],
        synthetic=True,
    )


def _make_pending(draws: Draws, day: date, settings: Mapping[str, Any]) -> ScreenedPerson:
    sex = "female" if draws.chance(0.7) else "male"
    answers = {one.code: _answer(one, sex, failed=False) for one in load_criteria()} | {"consent": None}
    age = draws.between(20, 70)
    return ScreenedPerson(
        "", day, find_age_band(age), sex, answers, decided_by=settings["log"]["decided_by"], synthetic=True
    )


def _answer(criterion: Criterion, sex: str, failed: bool) -> Answer:
    if criterion.may_not_apply == sex:
        return "not_applicable"
    return "yes" if (criterion.kind == "inclusion") != failed else "no"


def _make_event(item: Mapping[str, Any], enrolled: Mapping[str, date]) -> AdverseEvent:
    day = enrolled[item["patient_id"]] + timedelta(days=item["days_after_enrolment"])
    began_at = datetime.combine(day, time(item["hour"]), UTC)
    known = {name: value for name, value in item.items() if name not in ("days_after_enrolment", "hour")}
    return AdverseEvent(began_at=began_at, **known)


def _make_deviation(item: Mapping[str, Any], enrolled: Mapping[str, date]) -> Deviation:
    day = enrolled[item["patient_id"]] + timedelta(days=item["days_after_enrolment"])
    known = {name: value for name, value in item.items() if name != "days_after_enrolment"}
    return Deviation(found_on=day, **known)


def _make_query(item: Mapping[str, Any], enrolled: Mapping[str, date]) -> DataQuery:
    start = datetime.combine(enrolled[item["patient_id"]] + timedelta(days=20), time(2), UTC)
    notes = [QueryNote(RAISED_BY, "raised", item["says"], start)]
    for did, says in item["thread"]:
        who = ANSWERED_BY if did == "answered" else RAISED_BY
        notes.append(QueryNote(who, did, says, start + timedelta(days=3 * len(notes))))
    state = STATES[notes[-1].did] if len(notes) > 1 else "open"
    return DataQuery(
        item["patient_id"], item["form"], item["field_name"], item["says"], state, item.get("rule"), tuple(notes)
    )
