"""What this trial adds: print, trial and both side by side, whether each line counts, and the caution above them."""

import pytest

from decision.evidence import load_knowledge
from decision.living_shares import LivingShare, Share, list_shares
from store import Store
from tests.views.counted_trial import CD_SEEN, COUNTED, EAS_UNSEEN, fill_trial
from tests.views.people import open_app, said
from views.charts_living import chart_living
from views.evidence import TRIAL_ADDS
from views.living import fetch_living
from views.living_rows import (
    list_known,
    make_living_points,
    make_living_table,
    name_classes,
    name_finding,
    say_added,
    say_share,
)  # fmt: skip

KNOWLEDGE = load_knowledge()
PUBLISHED, HERE = Share(0.706, 0.62, 0.79, 109), Share(0.8, 0.37, 0.97, 5, 4)


def make_share(**changes: object) -> LivingShare:
    values: dict[str, object] = {
        "block": "dotatate_extra", "title": "DOTATATE, focus outside pituitary and adrenals", "tracer": "68Ga-DOTATATE",
        "band": "focus", "phenotypes": ("EAS", "EAS_COVERT"), "published": PUBLISHED, "trial": HERE,
        "combined": Share(0.71, 0.63, 0.79, 114), "used": True, "says": "5 of this trial added to the published counts",
    }  # fmt: skip
    return LivingShare(**(values | changes))  # type: ignore[arg-type]


def test_a_line_names_finding_class_and_every_share() -> None:
    [row] = make_living_table([make_share()], KNOWLEDGE).to_dict("records")
    assert row["Finding"] == "Focus outside pituitary and adrenals: focus"
    assert row["Class"] == "Ectopic ACTH"
    assert row["In print"] == "71 % [62–79] · n = 109"
    assert row["This trial"] == "80 % [37–97] · 4 of 5"
    assert row["Counted"] == "Yes: 5 of this trial added to the published counts"


def test_what_nobody_knows_is_a_dash_in_the_table_and_no_point_in_the_figure() -> None:
    unknown = make_share(published=None, trial=None, combined=None, used=False, says="nobody in this trial yet")
    assert say_share(None) == "—"
    [row] = make_living_table([unknown], KNOWLEDGE).to_dict("records")
    assert (row["In print"], row["This trial"], row["Together"]) == ("—", "—", "—")
    assert row["Counted"].startswith("No: ")
    assert list_known([unknown, make_share()]) == [make_share()]
    assert len(make_living_points([unknown, make_share()], KNOWLEDGE)) == 3


@pytest.mark.parametrize(
    ("phenotypes", "says"),
    [(("CPA", "ACC"), " or "), (("EAS", "EAS_COVERT"), "Ectopic"), (("NFA",), "no Cushing's, with a nodule")],
)
def test_a_class_is_named_once_in_words(phenotypes: tuple[str, ...], says: str) -> None:
    name = name_classes(make_share(phenotypes=phenotypes), KNOWLEDGE)
    assert says in name
    assert "_" not in name


def test_the_figure_has_every_point_in_the_order_of_the_table() -> None:
    shares = [make_share(), make_share(phenotypes=("CD",), published=None)]
    spec = chart_living(make_living_points(shares, KNOWLEDGE)).to_dict()
    [rows] = spec["datasets"].values()
    assert [row["kind"] for row in rows] == ["in print", "this trial", "together", "this trial", "together"]
    assert spec["layer"][0]["encoding"]["y"]["sort"] == list(dict.fromkeys(row["line"] for row in rows))


def test_every_pattern_of_the_knowledge_is_on_the_page(store: Store) -> None:
    fill_trial(store)
    app = open_app("evidence")
    app.segmented_control(key="evidence_part").set_value(TRIAL_ADDS).run()
    assert not app.exception
    assert f"{COUNTED + 1} patients of this trial" in said(app)
    assert "rest in part on the scan itself" in said(app)
    shares = list_shares(fetch_living(), KNOWLEDGE)
    shown = [text.replace("\\", "") for table in app.table for text in table.value["Finding"]]
    assert sorted(shown) == sorted(name_finding(share) for share in shares)
    here = [text for table in app.table for text in table.value["This trial"]]
    assert any(text.endswith(f" 0 of {EAS_UNSEEN}") for text in here)
    assert any(text.endswith(f" {CD_SEEN + 1} of {COUNTED + 1 - EAS_UNSEEN}") for text in here)


def test_how_much_it_adds_is_said() -> None:
    shares = [make_share(), make_share(used=False)]
    assert say_added(shares, 1).startswith("1 patient of this trial")
    assert say_added(shares, 7).endswith("they change 1 of 2 lines.")
