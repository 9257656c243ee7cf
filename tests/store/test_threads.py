"""Several people at once: each page of the app is a thread of its own on the same store."""

from concurrent.futures import ThreadPoolExecutor

from store import Patient, ReadRecord, Store
from tests.store.conftest import StandIn

TESTS = ("potassium", "ufc_24h", "acth_plasma")


def test_everything_saved_from_several_threads_is_kept(opened: Store, stand_in: StandIn) -> None:
    def save(number: int) -> None:
        opened.save_patient(Patient(f"P{number:03}", age_years=number))
        opened.save_read(ReadRecord(f"P{number:03}", "Reader A", "68Ga-Pentixafor", "negative"))
        opened.fetch_worklist()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(save, range(10, 40)))
    assert [patient.age_years for patient in opened.fetch_patients()] == list(range(10, 40))
    assert len(opened.fetch_reads()) == 30


def test_two_people_saving_one_case_leave_one_of_the_two_whole(opened: Store) -> None:
    def save(number: int) -> None:
        results = [{"test": TESTS[number % 3], "outcome": "normal"}] * (number % 3 + 1)
        opened.save_case({"case_id": "P017", "results": results})

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(save, range(30)))
    found = [result["test"] for result in opened.fetch_case("P017")["results"]]
    assert found in [[test] * (place + 1) for place, test in enumerate(TESTS)]


def test_a_reader_never_sees_half_a_case(opened: Store) -> None:
    full = [{"test": test, "outcome": "normal"} for test in TESTS]
    opened.save_case({"case_id": "P017", "results": full, "context": ["obesity"]})

    def save(number: int) -> None:
        whole = {"case_id": "P017", "results": full, "context": ["obesity"]}
        opened.save_case(whole if number % 2 else {"case_id": "P017"})

    def look(_: int) -> tuple[int, int]:
        case = opened.fetch_case("P017")
        return len(case.get("results", [])), len(case.get("context", []))

    with ThreadPoolExecutor(8) as threads:
        saving = threads.map(save, range(20))
        seen = set(threads.map(look, range(60)))
        list(saving)
    assert seen <= {(3, 1), (0, 0)}
