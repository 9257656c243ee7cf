"""A tracer is what the header says it is, and the trial's only with its own nuclide."""

import pytest

from imaging.header import Header
from imaging.tracer import find_tracer

GALLIUM, FLUORINE = 4057.7, 6586.2


@pytest.mark.parametrize(
    ("text", "half_life", "expected"),
    [
        ("68Ga-Pentixafor", GALLIUM, "68Ga-Pentixafor"),
        ("PentixaFor", 4080.0, "68Ga-Pentixafor"),
        ("Ga-68 DOTATATE", GALLIUM, "68Ga-DOTATATE"),
        ("DOTA-TATE", GALLIUM, "68Ga-DOTATATE"),
        ("NETSPOT", GALLIUM, "68Ga-DOTATATE"),
        ("FDG -- fluorodeoxyglucose", 6588.0, "18F-FDG"),
        ("68Ga-DOTATOC", GALLIUM, "68Ga-DOTATOC"),
        ("Ga68-PSMA", GALLIUM, "Ga68-PSMA"),
        ("DOTATATE", 45_723.6, "64Cu-DOTATATE"),
        ("AlF-NOTA-Pentixafor", FLUORINE, "18F-Pentixafor"),
    ],
)
def test_the_radiopharmaceutical_names_the_tracer(text: str, half_life: float, expected: str) -> None:
    assert find_tracer(Header(pharmaceutical_text=text, half_life_s=half_life))[0] == expected


@pytest.mark.parametrize("text", [None, "Solution", "68Ga", "^68^Gallium", "Other"])
def test_the_description_counts_only_where_the_radiopharmaceutical_says_nothing(text: str | None) -> None:
    header = Header(pharmaceutical_text=text, half_life_s=GALLIUM, description="WB DOTATATE 60min")
    assert find_tracer(header) == ("68Ga-DOTATATE", ())


def test_gallium_alone_is_an_unknown_tracer() -> None:
    tracer, problems = find_tracer(Header(pharmaceutical_text="^68^Gallium", half_life_s=GALLIUM))
    assert tracer is None
    assert [problem.code for problem in problems] == ["tracer_unknown"]


def test_two_names_are_asked_about() -> None:
    header = Header(pharmaceutical_text="FDG", half_life_s=FLUORINE, description="Pentixafor PET")
    tracer, problems = find_tracer(header)
    assert tracer is None
    assert problems[0].code == "tracer_conflict"


def test_a_name_without_a_nuclide_is_not_yet_the_trials_tracer() -> None:
    tracer, problems = find_tracer(Header(pharmaceutical_text="Pentixafor"))
    assert tracer == "Pentixafor"
    assert problems[0].code == "tracer_without_nuclide"
