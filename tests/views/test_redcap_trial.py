"""Screening log, adverse events and deviations out as REDCap forms and in again: nothing changes, nothing is half taken."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from exchange.redcap_export import read_export
from exchange.redcap_out import make_dictionary, write_records
from exchange.redcap_plan import ImportPlan, plan_import
from exchange.redcap_proposal import make_proposals
from exchange.redcap_suggest import suggest_mapping
from store import AdverseEvent, Deviation, ScreenedPerson, Store, open_store
from trial.safety import load_safety
from trial.screening import list_reasons, load_criteria
from views.redcap_store import fetch_known, find_moved, save_plan

NAUSEA = AdverseEvent(
    "P017", "nausea", datetime(2026, 3, 5, 15, tzinfo=UTC), 1, False, "68Ga-Pentixafor", "resolved with sequelae",
    relatedness="possible", ended_on=date(2026, 3, 6),
)  # fmt: skip
EVENTS = [
    NAUSEA,
    replace(NAUSEA, began_at=datetime(2026, 3, 5, tzinfo=UTC), day_only=True),
    AdverseEvent("P052", "fall"),
]
DEVIATION = Deviation("P017", "consent", "signed late, “after” the scan", date(2026, 3, 5), True, "kept", None)
ELIGIBLE = {one.code: "yes" if one.kind == "inclusion" else "no" for one in load_criteria()}
TAKEN = ScreenedPerson(
    "S001", date(2026, 1, 31), "30–39", "female", ELIGIBLE, decision="enrolled", decided_by="AB",  # type: ignore[arg-type]
    consent_type="own consent", consented_on=date(2026, 2, 1), patient_id="P017", synthetic=True,
)  # fmt: skip
REFUSED = ScreenedPerson(
    "S002", date(2026, 2, 2), "10–17", "male", ELIGIBLE | {"consent": "no", "unstable": None, "gallium_allergy": "no"},  # type: ignore[arg-type]
    "consent", "parents, moved away", "not_enrolled", "AB",
)  # fmt: skip
PENDING = ScreenedPerson("S003", date(2026, 2, 3), criteria=dict.fromkeys(ELIGIBLE))


@pytest.fixture
def rich(store: Store) -> Store:
    store.trial.save_screened([TAKEN, REFUSED, PENDING])
    store.trial.save_events(EVENTS)
    store.trial.save_deviations([DEVIATION, DEVIATION])
    return store


def plan_file(content: bytes, into: Store) -> ImportPlan:
    dictionary = make_dictionary()
    export = read_export(content, dictionary)
    proposals, faults = make_proposals(export.rows, suggest_mapping(dictionary), dictionary)
    return plan_import(export, proposals, faults, fetch_known(into))


def write_file(*lines: dict[str, str]) -> bytes:
    header = ["record_id", "redcap_repeat_instrument", "redcap_repeat_instance"]
    names = [*header, *dict.fromkeys(name for line in lines for name in line if name not in header)]
    return "\n".join(",".join(row) for row in [names, *([line.get(n, "") for n in names] for line in lines)]).encode()


def test_a_round_trip_changes_nothing(rich: Store) -> None:
    plan = plan_file(write_records(fetch_known(rich)), rich)
    assert not plan.faults
    assert [one.patient_id for one in plan.unchanged] == ["P017", "P052", "S002", "S003"]
    assert (plan.new, plan.changed) == ((), ())
    assert plan.count("good") == len(plan.states)
    assert save_plan(rich, plan, "AB", "round trip") == 0


def test_an_empty_store_becomes_the_same(rich: Store, tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path / 'other.db'}") as other:
        plan = plan_file(write_records(fetch_known(rich)), other)
        assert save_plan(other, plan, "AB", "moved here") == 4
        assert other.trial.fetch_screened() == rich.trial.fetch_screened()
        assert other.trial.fetch_events() == rich.trial.fetch_events()
        assert other.trial.fetch_deviations() == rich.trial.fetch_deviations()
        assert [one.patient_id for one in other.fetch_patients()] == ["P017", "P052"]
        assert other.trial.fetch_history("S002", "screening line")[0].why == "moved here"


def test_every_word_comes_back_as_itself(store: Store, tmp_path: Path) -> None:
    words = load_safety()
    store.trial.save_events(
        [AdverseEvent("P017", f"e{grade}", grade=int(grade), outcome=outcome, relatedness=related)
         for grade, outcome, related in zip(words.grades.titles, words.outcomes.titles, words.relatedness.titles, strict=True)]
    )  # fmt: skip
    store.trial.save_deviations([Deviation("P052", kind, "so") for kind in words.deviations.titles])
    store.trial.save_screened(
        [ScreenedPerson(f"S1{place:02d}", criteria=dict.fromkeys(ELIGIBLE), reason=reason, decision="not_enrolled")
         for place, reason in enumerate(list_reasons())]
    )  # fmt: skip
    with open_store(f"sqlite:///{tmp_path / 'other.db'}") as other:
        save_plan(other, plan_file(write_records(fetch_known(store)), other), "AB", "moved here")
        assert fetch_known(other) == fetch_known(store)


def test_the_same_event_with_another_grade_is_corrected_and_a_new_one_added(rich: Store) -> None:
    row = {"record_id": "P017", "redcap_repeat_instrument": "adverse_event", "event_event": "nausea"}
    mended = row | {"redcap_repeat_instance": "7", "event_began_at": "2026-03-05 15:00", "event_grade": "2"}
    added = row | {"redcap_repeat_instance": "8", "event_began_at": "2026-03-09"}
    plan = plan_file(write_file(mended, added), rich)
    changes = [(change.what, change.before, change.after) for change in plan.changed[0].differences]
    assert changes[0] == ("adverse event “nausea”, grade", "1", "2")
    assert changes[1] == ("adverse event “nausea”", "", "event nausea · began at 2026-03-09")
    save_plan(rich, plan, "AB", "monthly export")
    events = rich.trial.fetch_events()
    assert [(one.event_id, one.grade) for one in events if one.patient_id == "P017"] == [(1, 2), (2, 1), (4, None)]
    assert rich.trial.fetch_history("P017", "adverse event", 1)[0].why == "monthly export"


def test_a_pending_line_becomes_the_patients_own(rich: Store) -> None:
    plan = plan_file(
        write_file(
            {"record_id": "P052", "redcap_repeat_instrument": "screening", "redcap_repeat_instance": "1",
             "screening_screening_id": "S003", "screening_decision": "enrolled"}
        ), rich,
    )  # fmt: skip
    planned_on = fetch_known(rich)
    rich.trial.save_screened([replace(PENDING, decided_by="CD")])
    assert find_moved(plan, planned_on, fetch_known(rich)) == ("P052",)
    save_plan(rich, plan, "AB", "enrolled today")
    line = next(one for one in rich.trial.fetch_screened() if one.screening_id == "S003")
    assert (line.decision, line.patient_id) == ("enrolled", "P052")


def test_somebody_not_enrolled_becomes_no_patient_whatever_else_the_record_says(rich: Store) -> None:
    row = {"record_id": "S009", "age_years": "44", "sex": "female"}
    line = {"record_id": "S009", "redcap_repeat_instrument": "screening", "redcap_repeat_instance": "1",
            "screening_screening_id": "S009", "screening_decision": "not_enrolled", "screening_reason": "unstable"}  # fmt: skip
    plan = plan_file(write_file(row, line), rich)
    says = next(fault.says for fault in plan.faults if fault.row == 2)
    assert "only the screening line is taken: 2 values of this record are left out" in says
    save_plan(rich, plan, "AB", "monthly export")
    assert rich.fetch_patient("S009") is None
    assert rich.trial.fetch_screened()[-1].reason == "unstable"


@pytest.mark.parametrize(
    ("record", "values", "says"),
    [
        ("P052", {"screening_screening_id": "S001", "screening_decision": "enrolled"}, "S001 is the line of P017"),
        ("S009", {"screening_screening_id": "S009", "screening_decision": "not_enrolled"}, "needs its main reason"),
        ("S009", {"screening_decision": "pending"}, "needs its number"),
        ("S009", {"screening_screening_id": "S009", "screening_decision": "maybe"}, "not a code of this field"),
        ("P017", {"event_grade": "2"}, "the adverse event needs its event"),
        ("P017", {"event_event": "fall", "event_grade": "6"}, "not a code of this field"),
        ("P017", {"event_event": "fall", "event_began_at": "05/03/2026"}, "may be 5 March or 3 May"),
        ("P017", {"event_event": "fall", "event_began_at": "2026-03-05 25:00"}, "no time of day"),
        ("P017", {"deviation_kind": "consent"}, "needs its says"),
    ],
)
def test_what_cannot_be_is_refused_with_row_and_field(
    rich: Store, record: str, values: dict[str, str], says: str
) -> None:
    form = {"screening": "screening", "event": "adverse_event", "deviation": "deviation"}[
        next(iter(values)).split("_")[0]
    ]
    line = {"record_id": record, "redcap_repeat_instrument": form, "redcap_repeat_instance": "1"}
    plan = plan_file(write_file(line | values), rich)
    assert plan.count("refused") == 1
    assert [fault.row for fault in plan.faults if fault.refuses] == [2]
    assert says in next(fault.says for fault in plan.faults if fault.refuses)
    assert plan.planned == ()


def test_a_number_met_twice_is_refused(rich: Store) -> None:
    line = {"record_id": "S009", "redcap_repeat_instrument": "screening", "redcap_repeat_instance": "1"}
    line |= {"screening_screening_id": "S009", "screening_decision": "pending"}
    plan = plan_file(write_file(line, line | {"record_id": "S010"}), rich)
    assert [(fault.row, fault.says) for fault in plan.faults if fault.refuses] == [
        (3, "S009 is also in row 2; which is right cannot be known: keep one")
    ]
