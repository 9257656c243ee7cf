"""The cohort's accuracy tables as plain data, ready for JSON: per test, per patient and per lesion, and the paired comparisons."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

from trial.flow import compute_flow
from trial.head_to_head import compare_lesions, compare_localisation, compare_tests, compute_contribution
from trial.inconclusive import SAYS, Choice
from trial.intervals import LEVEL
from trial.paired_bounds import bound_differences
from trial.paired_weights import weigh_comparison
from trial.participant import Participant
from trial.tabulate import assess_lesions, assess_test
from trial.targets import load_plan


def write_accuracy_report(
    participants: Sequence[Participant], choice: Choice = "excluding", level: float = LEVEL
) -> dict[str, Any]:
    """Every table of the cohort; null where there is no denominator."""
    plan = load_plan()
    return {
        "patients": len(participants),
        "eligible": sum(person.eligible is True for person in participants),
        "level": level,
        "inconclusive": {"choice": choice, "says": SAYS[choice]},
        "tests": {test.code: _report_test(participants, test.code, choice, level) for test in plan.tests},
        "paired": [
            _report_pair(participants, (pair.test_1, pair.test_2), pair.says, choice, level)
            for pair in plan.comparisons
        ],
        "found_by": {
            target.code: write_plain(compute_contribution(participants, [test.code for test in plan.tests], target))
            for target in plan.targets.values()
        },
    }


def write_plain(value: Any) -> Any:
    """Dataclasses, tuples, sets and keys that are tuples as what JSON knows."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: write_plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {"/".join(key) if isinstance(key, tuple) else str(key): write_plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [write_plain(one) for one in value]
    return sorted(value) if isinstance(value, set | frozenset) else value


def _report_test(participants: Sequence[Participant], test: str, choice: Choice, level: float) -> dict[str, Any]:
    per_patient = {}
    for target in load_plan().targets.values():
        flow = compute_flow(participants, test, target)
        per_patient[target.code] = {
            "name": target.name,
            **write_plain(assess_test(participants, test, target, choice, level)),
            "flow": {box.code: box.count for box in flow.boxes},
            "flow_faults": write_plain(flow.faults),
        }
    return {"per_patient": per_patient, "per_lesion": write_plain(assess_lesions(participants, test, choice, level))}


def _report_pair(
    participants: Sequence[Participant], tests: tuple[str, str], says: str, choice: Choice, level: float
) -> dict[str, Any]:
    targets = load_plan().targets.values()
    return {
        "test_1": tests[0],
        "test_2": tests[1],
        "says": says,
        "per_patient": {
            target.code: write_plain(compare_tests(participants, *tests, target, choice, level)) for target in targets
        },
        "missing": {
            target.code: {
                "bounds": write_plain(bound_differences(participants, *tests, target, choice)),
                "weighted": write_plain(weigh_comparison(participants, *tests, target, choice, level)),
            }
            for target in targets
        },
        "localisation": write_plain(compare_localisation(participants, *tests, level)),
        "per_lesion": write_plain(compare_lesions(participants, *tests, choice, level)),
    }
