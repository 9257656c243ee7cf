"""One person screened as typed: what follows from age and an earlier tracer, and what is still wrong. No Streamlit here."""

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from store import ScreenedPerson
from store.trial_records import Decision
from trial.screening import (
    Answer,
    answer_age,
    assess_eligibility,
    assess_waiting,
    find_age_band,
    find_consent_type,
    list_reasons,
)
from views.typed import read_typed
from views.typed_day import read_typed_clock, read_typed_day, write_day

SEXES = ("female", "male")
# Six digits in a row (telephone, hospital or identity number), a day of birth, an e-mail address.
_IDENTIFYING = re.compile(r"\d(?:[ -]?\d){5,}|\S+@\S+|\d{1,4}[-/.年]\d{1,2}[-/.月]\d{1,4}")


@dataclass(frozen=True)
class Tracer:
    """An earlier radiopharmaceutical and the planned scan; all None: none was given."""

    nuclide: str | None = None
    given_at: datetime | None = None
    scan_at: datetime | None = None

    @classmethod
    def read(cls, nuclide: str, given: tuple[str, str], scan: tuple[str, str]) -> "Tracer | str":
        """From day and time of day as typed; a sentence where one of them cannot be read."""
        moments: list[datetime | None] = []
        for name, (typed_day, typed_clock) in (("Injected on", given), ("Scan planned on", scan)):
            day, clock = read_typed_day(typed_day), read_typed_clock(typed_clock)
            if day.wrong or clock.wrong:
                return f"{name}: {day.wrong or clock.wrong}."
            moments.append(datetime.combine(day.day, clock.clock) if day.day and clock.clock else None)
        return cls(nuclide, *moments)


@dataclass(frozen=True)
class Derived:
    """What a criterion's answer follows from: the answer, a sentence about it, or what is wrong with what was typed."""

    answer: Answer | None = None
    says: str | None = None
    wrong: str | None = None


@dataclass(frozen=True)
class Entry:
    """Everything on the form; `age` and the rest as typed or chosen, `wrong`: days and times that could not be read.

    `known`: the line that is corrected, None for a new one; then `who` and `why` are needed.
    """

    number: str = ""
    day: date | None = None
    age: str = ""
    sex: str | None = None
    answers: Mapping[str, Answer | None] = field(default_factory=dict)
    decision: Decision | None = None
    patient_id: str | None = None
    reason: str | None = None
    other_reasons: str = ""
    consent_type: str | None = None
    consented_on: date | None = None
    decided_by: str = ""
    known: ScreenedPerson | None = None
    who: str = ""
    why: str = ""
    wrong: tuple[str, ...] = ()


def fill_entry(person: ScreenedPerson, age_years: float | None) -> dict[str, Any]:
    """What stands in the fields when a line is corrected; the age only where the patient's own record has it."""
    answers = {f"answer_{code}": answer for code, answer in person.criteria.items()}
    return answers | {
        "day": write_day(person.screened_on),
        "age": "" if age_years is None else f"{age_years:g}",
        "sex": person.sex,
        "consented_on": write_day(person.consented_on),
        "decision": person.decision,
        "patient": person.patient_id,
        "reason": person.reason if person.reason in list_reasons() else None,
        "other": person.other_reasons or "",
        "by": person.decided_by or "",
    }


def read_age(text: str) -> float | None:
    """The age in years; None when nothing, or nothing readable, was typed."""
    typed = read_typed(text)
    return typed.value if typed.value is not None and typed.value >= 0 and not typed.comparator else None


def derive_age(text: str) -> Derived:
    """Whether the age lies in the registry's range."""
    typed = read_typed(text)
    if typed.wrong:
        return Derived(wrong=f"Age: {typed.wrong}.")
    if typed.value is not None and read_age(text) is None:
        return Derived(wrong=f"Age: “{text.strip()}” is no age; write completed years such as 34.")
    return Derived(answer_age(typed.value))


def derive_waiting(tracer: Tracer) -> Derived:
    """Whether another radiopharmaceutical lies within five half-lives; "yes" excludes. No nuclide: nothing follows."""
    if tracer.nuclide is None:
        return Derived()
    if tracer.given_at is None or tracer.scan_at is None:
        return Derived(wrong=f"Earlier {tracer.nuclide}: give when it was injected and when the scan is planned.")
    try:
        waiting = assess_waiting(tracer.nuclide, tracer.given_at, tracer.scan_at)
    except ValueError as error:
        return Derived(wrong=str(error))
    free = "" if waiting.is_over else f" The scan may be from {waiting.free_from:%d %b %Y %H:%M}."
    return Derived("no" if waiting.is_over else "yes", waiting.says + free)


def find_wrong(
    entry: Entry,
    taken: Collection[str],
    bound: Collection[str],
    patients: Collection[str] = (),
    today: date | None = None,
) -> tuple[str, ...]:
    """Why the line cannot be kept, a sentence each.

    `taken`: screening numbers; `bound`: pseudonyms already in the log; `patients`: all pseudonyms.
    """
    unread = any(says.startswith("Screened on") for says in entry.wrong)
    found = (
        _question_number(entry, taken),
        "Screened on: give the day." if entry.day is None and not unread else None,
        _question_future("Screened on", entry.day, today or date.today()),
        *entry.wrong,
        derive_age(entry.age).wrong,
        "Decided by: give your name or initials." if not entry.decided_by.strip() else None,
        _question_decision(entry, bound),
        _question_consent(entry),
        _question_future("Consent on", entry.consented_on, today or date.today()),
        *(_question_identity(name, text, entry, patients) for name, text in _list_free_texts(entry)),
        "Corrected by: give your name or initials." if entry.known and not entry.who else None,
        "Why: a line that is corrected needs a word of why." if entry.known and not entry.why else None,
    )
    return tuple(says for says in found if says)


def _question_future(name: str, day: date | None, today: date) -> str | None:
    return f"{name}: {day} is in the future; today is {today}." if day and day > today else None


def _list_free_texts(entry: Entry) -> tuple[tuple[str, str], ...]:
    return (
        ("Screening number", entry.number),
        ("Other reasons", entry.other_reasons),
        ("Decided by", entry.decided_by),
    )


def _question_identity(name: str, text: str, entry: Entry, patients: Collection[str]) -> str | None:
    """A number, day or address that tells who somebody is; of somebody not enrolled the pseudonym does too."""
    found = _IDENTIFYING.search(unicodedata.normalize("NFKC", text))
    if found:
        return f"{name}: “{found[0].strip()}” may tell who the person is; write it without numbers, days and addresses."
    words = set(re.findall(r"\w+", text))
    named = sorted(words & set(patients)) if entry.decision == "not_enrolled" else []
    return f"{name}: {named[0]} is a pseudonym; somebody not enrolled leaves none." if named else None


def _question_number(entry: Entry, taken: Collection[str]) -> str | None:
    number = entry.number.strip()
    if not number:
        return "Screening number: give one such as S001."
    return f"Screening number: {number} is in the log already; take another." if number in taken else None


def _question_decision(entry: Entry, bound: Collection[str]) -> str | None:
    says = assess_eligibility(entry.answers)
    if entry.decision is None:
        return "Decision: choose enrolled, not enrolled or pending."
    if entry.decision == "enrolled" and says.decision != "eligible":
        return f"Decision: cannot be enrolled. {says.says}"
    if entry.decision == "enrolled" and not entry.patient_id:
        return "Decision: somebody enrolled needs the pseudonym; add the patient in the worklist first."
    if entry.decision == "enrolled" and entry.patient_id in bound:
        return f"Decision: {entry.patient_id} is in the screening log already."
    if entry.decision == "not_enrolled" and not entry.reason:
        return "Decision: not enrolled needs its main reason; choose one."
    return None


def _question_consent(entry: Entry) -> str | None:
    if entry.answers.get("consent") != "yes":
        return None
    due, age = find_consent_type(read_age(entry.age)), entry.age.strip()
    if entry.consented_on is None:
        unread = any(says.startswith("Consent on") for says in entry.wrong)
        return None if unread else "Consent: given, so its day is needed."
    if entry.day and entry.consented_on < entry.day:
        return f"Consent: {entry.consented_on} is before the day of screening, {entry.day}."
    if due and entry.consent_type != due:
        return f"Consent: at {age} years it must be {due}."
    return None


def make_person(entry: Entry, synthetic: bool) -> ScreenedPerson:
    """The line of the log; of somebody not enrolled neither age nor pseudonym is kept."""
    given = entry.answers.get("consent") == "yes"
    return ScreenedPerson(
        entry.number.strip(),
        entry.day,
        find_age_band(read_age(entry.age)) or (entry.known.age_band if entry.known else None),
        entry.sex,
        dict(entry.answers),
        reason=entry.reason if entry.decision == "not_enrolled" else None,
        other_reasons=entry.other_reasons.strip() or None,
        decision=entry.decision or "pending",
        decided_by=entry.decided_by.strip(),
        consent_type=entry.consent_type if given else None,
        consented_on=entry.consented_on if given else None,
        patient_id=entry.patient_id if entry.decision == "enrolled" else None,
        synthetic=synthetic,
    )
