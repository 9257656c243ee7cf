"""How often the engine is right about published patients, and how sure it is when it is wrong.

Each line of FILE is {"case": …, "truth": {"subtype", "also_accept", "site", "grade"}, "source", "source_url"}; the default file
is beside this script: case reports and abstracts, coded from what could be read of them before the engine saw any. They are
for checking. Four gaps they showed (an entry without its examination, a phaeochromocytoma that makes ACTH, potassium lowered by
primary aldosteronism, tracers of the same receptor as DOTATATE) were then closed from the general literature, so for these the
figures are no longer blind; nothing was fitted to a patient.
Prints JSON: first choice right (`accepted` counts what the authors leave open), truth in the 90 % set and its mean size, mean
Brier score (sum over the ten subtypes; `merged` counts an accepted subtype as the truth), the surest wrong answer; the same with
the context words removed, and by subtype; the first choice of a textbook's decision tree on the same patients; and
how often the first choice was right among those it was said of with so much probability.
"""

import argparse
import json
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[1]
CLAIMS = (0.0, 0.5, 0.7, 0.9, 0.97, 1.01)
PATIENTS = Path(__file__).parent / "published" / "patients.jsonl"
sys.path.insert(0, str(PROJECT))


def judge(patient: dict[str, Any], *, context: bool) -> dict[str, Any]:
    """What the engine says about one patient beside the truth."""
    from decision.case import read_case
    from decision.engine import assess_case

    document = patient["case"] if context else patient["case"] | {"context": []}
    found, truth = assess_case(read_case(document)), patient["truth"]["subtype"]
    accepted = {truth, *(patient["truth"].get("also_accept") or ())}
    belief = {item.subtype: item.probability for item in found.subtypes}
    merged = sum(belief[name] for name in accepted)
    first = found.subtypes[0]
    return {
        "case_id": document["case_id"],
        "truth": truth,
        "first": first.subtype,
        "probability": round(first.probability, 3),
        "accepted": first.subtype in accepted,
        "strict": first.subtype == truth,
        "in_set": bool(accepted & set(found.prediction_set)),
        "set_size": len(found.prediction_set),
        "brier": sum((value - (name == truth)) ** 2 for name, value in belief.items()),
        "brier_merged": (1 - merged) ** 2 + sum(value**2 for name, value in belief.items() if name not in accepted),
    }


def judge_tree(patients: list[dict[str, Any]]) -> dict[str, Any]:
    """What the textbook's decision tree says of the same patients."""
    from parts.textbook_tree import classify

    found = [(classify(patient["case"]), patient["truth"]) for patient in patients]
    right = [first in {truth["subtype"], *(truth.get("also_accept") or ())} for first, truth in found]
    return {"first_accepted": sum(right), "first_strict": sum(first == truth["subtype"] for first, truth in found)}


def check_claims(judged: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """How often the first choice was right, by how probable it was said to be."""
    table = []
    for low, high in zip(CLAIMS, CLAIMS[1:], strict=False):
        part = [item for item in judged if low <= item["probability"] < high]
        if part:
            mean = sum(item["probability"] for item in part) / len(part)
            right = sum(item["accepted"] for item in part)
            table.append({"from": low, "n": len(part), "said": round(mean, 3), "right": right})
    return table


def summarise(judged: list[dict[str, Any]]) -> dict[str, Any]:
    n = len(judged)
    return {
        "n": n,
        "first_accepted": sum(item["accepted"] for item in judged),
        "first_strict": sum(item["strict"] for item in judged),
        "in_set": sum(item["in_set"] for item in judged),
        "mean_set_size": round(sum(item["set_size"] for item in judged) / n, 2),
        "brier": round(sum(item["brier"] for item in judged) / n, 3),
        "brier_merged": round(sum(item["brier_merged"] for item in judged) / n, 3),
        "surest_wrong": max((item["probability"] for item in judged if not item["accepted"]), default=None),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=Path, default=PATIENTS)
    asked = parser.parse_args()
    patients = [json.loads(line) for line in asked.cases.read_text(encoding="utf-8").splitlines() if line.strip()]
    judged = [judge(patient, context=True) for patient in patients]
    by_subtype: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for item in judged:
        by_subtype[item["truth"]].append(item)
    found = {
        "benchmark": "published_patients",
        "all": summarise(judged),
        "textbook_tree": judge_tree(patients),
        "claims": check_claims(judged),
        "without_context": summarise([judge(patient, context=False) for patient in patients]),
        "by_subtype": {name: summarise(items) for name, items in sorted(by_subtype.items())},
        "missed": [
            {key: item[key] for key in ("case_id", "truth", "first", "probability", "in_set")}
            for item in judged
            if not item["accepted"]
        ],
    }
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
