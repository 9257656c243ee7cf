"""SUV by lean mass, ideal weight or body surface beside SUV by body weight.

Two formulae are called James: 120 in the DICOM type LBM, 128 in LBMJAMES128; each is named by its DICOM SUV Type, and
none stands for the other. Formulae and sources are in imaging.body.
"""

from imaging.body import compute_body_measure, read_height_cm, read_weight_kg
from imaging.header import Header
from imaging.problem import Problem, Refusal

SUV_TYPES = ("LBM", "LBMJAMES128", "LBMJANMA", "IBW", "BSA")


def compute_shares(header: Header) -> dict[str, float]:
    """What to multiply SUVbw by to have each other SUV, by DICOM SUV Type: g/ml, and cm²/ml for BSA.

    Empty when weight or height is unknown; without a sex only BSA is there.
    """
    doubts: list[Problem] = []
    try:
        weight, height = read_weight_kg(header, doubts), read_height_cm(header, doubts)
    except Refusal:
        return {}
    return {kind: share for kind in SUV_TYPES if (share := _share(kind, weight, height, header.sex)) is not None}


def _share(kind: str, weight_kg: float, height_cm: float, sex: str | None) -> float | None:
    try:
        measure = compute_body_measure(kind, weight_kg, height_cm, sex)
    except Refusal:
        return None
    return measure * (10 if kind == "BSA" else 1) / weight_kg
