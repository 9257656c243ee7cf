"""The STARD 2015 flow of one index test and one target: every box derived from the patients, and proof that it adds up."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from trial.participant import Participant
from trial.targets import Target, judge_read, judge_reference

ROOT = "potentially_eligible"
NOT_GIVEN = "reason not recorded"
LABELS = {
    ROOT: "Potentially eligible",
    "excluded": "Excluded",
    "eligibility_undecided": "Eligibility not yet decided",
    "eligible": "Eligible",
    "no_index_test": "No index test",
    "index_test": "Index test",
    "no_read": "Index test not yet read",
    "positive": "Index test positive",
    "negative": "Index test negative",
    "inconclusive": "Index test inconclusive",
    "no_reference": "No reference standard",
    "reference": "Reference standard",
    "present": "Target present",
    "absent": "Target absent",
    "reference_inconclusive": "Reference standard inconclusive",
    "not_applicable": "Target does not apply to this diagnosis",
}
RESULTS = ("positive", "negative", "inconclusive")
TRUTHS = ("present", "absent", "reference_inconclusive", "not_applicable")


@dataclass(frozen=True)
class Reason:
    """Why patients left the flow in a box, most frequent first."""

    says: str
    patients: tuple[str, ...]


@dataclass(frozen=True)
class Box:
    """One box. `code` is unique in the flow (`positive/reference/present`), `parent` the box it comes from."""

    code: str
    label: str
    parent: str | None
    patients: tuple[str, ...]
    reasons: tuple[Reason, ...] = ()

    @property
    def count(self) -> int:
        return len(self.patients)


@dataclass(frozen=True)
class FlowFault:
    """A patient whose record contradicts itself, or who breaks the sums; the flow counts them as `says` tells."""

    patient_id: str
    says: str


@dataclass(frozen=True)
class Flow:
    """All boxes in reading order, the empty ones included, so that every flow has the same shape."""

    test: str
    target: str
    boxes: tuple[Box, ...]
    faults: tuple[FlowFault, ...]

    def find(self, code: str) -> Box:
        """The box with this code; KeyError when there is none."""
        for box in self.boxes:
            if box.code == code:
                return box
        raise KeyError(code)

    def find_children(self, code: str) -> tuple[Box, ...]:
        """The boxes a box divides into."""
        return tuple(box for box in self.boxes if box.parent == code)


def compute_flow(participants: Sequence[Participant], test: str, target: Target) -> Flow:
    """Place every person in one leaf and every box above it. A repeated id counts once, as first met, and is a fault."""
    met: dict[str, Participant] = {}
    for person in participants:
        met.setdefault(person.patient_id, person)
    places: dict[str, list[str]] = {code: [] for code, _ in _shape()}
    reasons: dict[str, dict[str, list[str]]] = {code: {} for code in places}
    for person in met.values():
        path = _find_path(person, test, target)
        for code in path:
            places[code].append(person.patient_id)
        if (reason := _find_reason(person, test, path[-1])) is not None:
            reasons[path[-1]].setdefault(reason, []).append(person.patient_id)
    boxes_made = tuple(_make_box(code, parent, places[code], reasons[code]) for code, parent in _shape())
    repeated = Counter(person.patient_id for person in participants) if len(met) < len(participants) else {}
    faults = [
        FlowFault(name, f"{count} records; the first is counted") for name, count in repeated.items() if count > 1
    ]
    faults += [FlowFault(person.patient_id, says) for person in met.values() for says in _question(person, test)]
    flow = Flow(test, target.code, boxes_made, tuple(faults))
    return Flow(test, target.code, boxes_made, (*flow.faults, *check_flow(flow)))


def check_flow(flow: Flow) -> tuple[FlowFault, ...]:
    """Whoever breaks the sums: a box must be exactly its children, each patient in one of them. Empty when it adds up."""
    faults = []
    for box in flow.boxes:
        children = flow.find_children(box.code)
        if not children:
            continue
        together = set(chain.from_iterable(child.patients for child in children))
        if box.count == len(together) == sum(child.count for child in children) and together == set(box.patients):
            continue
        above, below = Counter(box.patients), Counter(chain.from_iterable(child.patients for child in children))
        for patient in sorted(above.keys() | below.keys()):
            if above[patient] != below[patient]:
                says = f"{above[patient]} times in {box.label!r} but {below[patient]} times in the boxes below it"
                faults.append(FlowFault(patient, says))
    return tuple(faults)


def _shape() -> Iterator[tuple[str, str | None]]:
    """Every box and its parent, in reading order."""
    yield ROOT, None
    for leaf in ("excluded", "eligibility_undecided", "eligible"):
        yield leaf, ROOT
    yield "no_index_test", "eligible"
    yield "index_test", "eligible"
    yield "no_read", "index_test"
    for result in RESULTS:
        yield result, "index_test"
        yield f"{result}/no_reference", result
        yield f"{result}/reference", result
        for truth in TRUTHS:
            yield f"{result}/reference/{truth}", f"{result}/reference"


def _find_path(person: Participant, test: str, target: Target) -> tuple[str, ...]:
    """The boxes this person is in, from the first to the leaf."""
    if person.eligible is not True:
        return ROOT, "excluded" if person.eligible is False else "eligibility_undecided"
    read = person.find_test(test)
    if read.result is None and read.done is not True:
        return ROOT, "eligible", "no_index_test"
    said = judge_read(read, target)
    if said is None:
        return ROOT, "eligible", "index_test", "no_read"
    top = (ROOT, "eligible", "index_test", said)
    truth = judge_reference(person.reference, target)
    if truth is None:
        return (*top, f"{said}/no_reference")
    leaf = "reference_inconclusive" if truth == "inconclusive" else truth
    return (*top, f"{said}/reference", f"{said}/reference/{leaf}")


def _find_reason(person: Participant, test: str, leaf: str) -> str | None:
    if leaf == "excluded":
        return person.exclusion_reason or NOT_GIVEN
    if leaf == "no_index_test":
        return person.find_test(test).missing_reason or NOT_GIVEN
    if leaf.endswith("no_reference"):
        return person.reference.missing_reason or NOT_GIVEN
    return None


def _question(person: Participant, test: str) -> Iterator[str]:
    """What contradicts itself in one record, and how the flow counts it all the same."""
    read = person.find_test(test)
    scanned = read.done is True or read.result is not None
    if read.done is False and read.result is not None:
        yield "recorded as not scanned but has a result: counted as scanned"
    if person.eligible is False and scanned:
        yield "excluded but scanned: counted as excluded"
    if person.eligible is not True and person.enrolled_on is not None:
        yield "enrolled without being recorded as eligible: not counted as eligible"
    if person.eligible is True and person.exclusion_reason:
        yield "eligible but has a reason for exclusion: counted as eligible"
    if scanned and read.missing_reason:
        yield "scanned but has a reason for no scan: counted as scanned"
    if person.reference.status == "made" and not (person.reference.subtype or person.reference.site):
        yield "a reference diagnosis without subtype and site: counted as not verified"


def _make_box(code: str, parent: str | None, patients: list[str], reasons: Mapping[str, list[str]]) -> Box:
    ordered = sorted(reasons.items(), key=lambda item: (-len(item[1]), item[0]))
    said = tuple(Reason(reason, tuple(members)) for reason, members in ordered)
    return Box(code, LABELS[code.split("/")[-1]], parent, tuple(patients), said)
