"""Published patients, odd ones on purpose. For checking: nothing is tuned to them."""

import json
from pathlib import Path

from decision.case import read_case
from decision.engine import assess_case


def test_first_choice_is_right_in_at_least_eighteen_of_the_published_patients(shared: Path) -> None:
    lines = (shared / "cases" / "published_dev.jsonl").read_text(encoding="utf-8").splitlines()
    patients = [json.loads(line) for line in lines]
    right = [
        patient["case"]["case_id"]
        for patient in patients
        if assess_case(read_case(patient["case"])).leader.subtype
        in {patient["truth"]["subtype"], *patient["truth"]["also_accept"]}
    ]
    assert len(patients) == 21
    assert len(right) >= 18
