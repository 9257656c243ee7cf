"""Made-up participants for the tests of flow, tables and comparisons."""

from hypothesis import strategies as st

from trial.participant import IndexRead, Lesion, Participant, Reference
from trial.targets import load_plan

PLAN = load_plan()
TESTS = [test.code for test in PLAN.tests]
RESULTS = ["positive", "negative", "inconclusive"]


def person(name: str, truth: str | None, **calls: str | None) -> Participant:
    """An eligible patient with this reference subtype and, for each test, the subtype its positive read names.

    A call of "negative" or "inconclusive" is that result, None is a test that was not done.
    """
    tests = {test: read(call) for test, call in calls.items()}
    reference = Reference("made", subtype=truth) if truth else Reference("not_done", missing_reason="lost")
    return Participant(name, eligible=True, reference=reference, tests=tests)


def read(call: str | None) -> IndexRead:
    if call is None:
        return IndexRead(done=False, missing_reason="not applicable")
    if call in RESULTS:
        return IndexRead(done=True, result=call)  # type: ignore[arg-type]
    return IndexRead(done=True, result="positive", subtype=call)


def words(options: list[str] | tuple[str, ...]) -> st.SearchStrategy[str | None]:
    return st.none() | st.sampled_from(options)


reads = st.builds(
    IndexRead,
    done=st.none() | st.booleans(),
    result=words(RESULTS),
    subtype=words(PLAN.subtypes),
    site=words(PLAN.sites),
    missing_reason=words(["not applicable", "refused"]),
    suv_max=st.none() | st.floats(0, 60),
)
references = st.builds(
    Reference,
    status=words(["made", "inconclusive", "not_done"]),
    subtype=words(PLAN.subtypes),
    site=words(PLAN.sites),
    missing_reason=words(["no surgery"]),
)
lesions = st.builds(
    Lesion,
    lesion=st.sampled_from(["1", "2", "3"]),
    reference=words(["present", "absent", "inconclusive"]),
    results=st.dictionaries(st.sampled_from(TESTS), st.sampled_from(RESULTS)),
)
participants = st.builds(
    Participant,
    patient_id=st.integers(0, 10**6).map(str),
    eligible=st.none() | st.booleans(),
    exclusion_reason=words(["age", "pregnancy"]),
    reference=references,
    tests=st.dictionaries(st.sampled_from(TESTS), reads),
    lesions=st.lists(lesions, max_size=3).map(tuple),
)
cohorts = st.lists(participants, max_size=25, unique_by=lambda one: one.patient_id)
