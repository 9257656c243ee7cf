"""What was seen in the original and can no longer be seen in the copy without the patient: it goes over in words."""

import re
from collections.abc import Sequence
from dataclasses import replace

from imaging.descriptors import names_patient
from imaging.dicom import Series, Study
from imaging.moving import shift_words
from imaging.problem import Problem
from imaging.pseudonym import Pseudonym

_LONG_NUMBER = re.compile(r"\d{8}")


def carry_over(before: Study, after: Study, person: Pseudonym, identities: frozenset[str]) -> Study:
    """The study read from the copy, with the tracer and the problems that only the original could show.

    Slices that came twice are copied once, and a word that named the tracer may be gone with the sentence it stood in.
    """
    originals = {_place(one, person): one for one in before.series}
    series = [_carry(originals.get(one.series_uid), one, person, identities) for one in after.series]
    return Study(tuple(series), before.rejected)


def _place(series: Series, person: Pseudonym) -> str:
    uid, mark, number = series.series_uid.partition("#")
    return person.replace_uid(uid) + mark + number


def _carry(before: Series | None, after: Series, person: Pseudonym, identities: frozenset[str]) -> Series:
    if before is None:
        return after
    known = {problem.code for problem in after.problems}
    seen = tuple(_reword(one, person, identities) for one in before.problems if one.code not in known)
    if before.tracer == after.tracer or before.tracer is None or names_patient(before.tracer, identities):
        return replace(after, problems=after.problems + seen)
    kept = _without_question(after.problems, before.problems)
    return replace(after, tracer=before.tracer, problems=kept + seen)


def _without_question(after: Sequence[Problem], before: Sequence[Problem]) -> tuple[Problem, ...]:
    """The copy's problems but for a question about the tracer that the original answers."""
    asked = {problem.code for problem in before}
    return tuple(one for one in after if one.code in asked or not one.code.startswith("tracer"))


def _reword(problem: Problem, person: Pseudonym, identities: frozenset[str]) -> Problem:
    says = shift_words(problem.says, person.date_offset_days)
    if _LONG_NUMBER.search(says) or names_patient(says, identities):
        says = f"In the images as they came: {problem.code.replace('_', ' ')}."
    return replace(problem, says=says)
