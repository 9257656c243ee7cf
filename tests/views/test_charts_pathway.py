"""The guideline's way as a figure: every step has a box of its own, the way is lit, branches do not lie on one another."""

from typing import Any

from decision.pathway import PathStep
from views.charts_pathway import chart_pathway


def step(name: str, branch: str | None, state: str) -> PathStep:
    return PathStep(name, name, f"{name} says", branch, state, "Guideline 2021")


STEPS = (
    step("screen", None, "done"),
    step("acth", None, "done"),
    step("mri", "acth_dependent", "here"),
    step("search", "ectopic", "ahead"),
    step("adrenal", "acth_independent", "aside"),
    step("mdt", None, "ahead"),
)


def drawn(steps: tuple[PathStep, ...]) -> dict[str, list[dict[str, Any]]]:
    tables = chart_pathway(steps).to_dict()["datasets"].values()
    return {"boxes" if "id" in rows[0] else "ways": rows for rows in tables if rows}


def test_every_step_has_a_place_of_its_own() -> None:
    boxes = drawn(STEPS)["boxes"]
    assert len({(box["x"], box["y"]) for box in boxes}) == len(STEPS)
    end = max(boxes, key=lambda box: box["x"])
    assert end["id"] == "mdt"


def test_only_the_way_walked_is_lit() -> None:
    found = drawn(STEPS)
    place = {(box["x"], box["y"]): box["id"] for box in found["boxes"]}
    lit = {(place[way["x"], way["y"]], place[way["x2"], way["y2"]]) for way in found["ways"] if way["lit"]}
    assert lit == {("screen", "acth"), ("acth", "mri")}
    ends = {(place[way["x"], way["y"]], place[way["x2"], way["y2"]]) for way in found["ways"]}
    assert {("acth", "adrenal"), ("adrenal", "mdt"), ("search", "mdt")} <= ends


def test_hover_says_the_guideline_and_its_source() -> None:
    box = drawn(STEPS)["boxes"][0]
    assert (box["says"], box["source"], box["where"]) == ("screen says", "Guideline 2021", "done")
