"""The stamp of the store changes with whatever the statistics are made of, and stays while nothing changes."""

from pathlib import Path

from store import Patient, ReadRecord, ReferenceDiagnosis, open_store


def test_the_stamp_changes_with_everything_a_patient_has(tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path / 'trial.db'}") as store:
        stamps = [store.fetch_stamp()]
        store.save_patient(Patient("P001"))
        stamps.append(store.fetch_stamp())
        store.save_case({"case_id": "P001", "age_years": 40})
        stamps.append(store.fetch_stamp())
        store.save_read(ReadRecord("P001", "Reader A", "68Ga-Pentixafor", "positive"))
        stamps.append(store.fetch_stamp())
        store.save_reference(ReferenceDiagnosis("P001", "CD"))
        stamps.append(store.fetch_stamp())
        assert len(set(stamps)) == len(stamps), stamps
        assert store.fetch_stamp() == stamps[-1]
