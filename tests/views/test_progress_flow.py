"""The chosen box of the flow stands in the address: the same page comes again, its patients listed, the box drawn strong."""

from typing import Any

from streamlit.testing.v1 import AppTest

from store import ScreenedPerson, Store
from tests.views.people import PROJECT, said
from trial.flow import compute_flow
from trial.targets import load_plan
from views import state
from views.charts_flow import chart_flow, name_path
from views.progress_flow import CHOSEN, follow_box


def open_progress(**address: str) -> AppTest:
    app = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60).run()
    app.switch_page("pages/progress.py")
    for name, value in address.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception, app.exception
    return app


def test_the_address_names_the_box_and_its_patients_are_listed(store: Store) -> None:
    store.trial.save_screened([ScreenedPerson("S002", decision="not_enrolled", reason="consent")])
    assert "**Excluded**" not in said(open_progress())
    app = open_progress(flow_box="Excluded")
    assert next(one for one in app.selectbox if one.key == CHOSEN).value == "Excluded"
    assert "**Excluded**: 1 patient" in said(app)
    assert "Why: consent refused: 1" in said(app)


def test_a_box_nobody_knows_lists_nobody(store: Store) -> None:
    app = open_progress(flow_box="Nowhere")
    assert next(one for one in app.selectbox if one.key == CHOSEN).value is None


def test_every_box_has_a_name_of_its_own_and_the_chosen_one_is_drawn_strong() -> None:
    flow = compute_flow([], "pentixafor", next(iter(load_plan().targets.values())))
    assert len({name_path(box, flow) for box in flow.boxes}) == len(flow.boxes)
    for table in chart_flow(flow, "excluded").to_dict()["datasets"].values():
        if "strong" in table[0]:
            assert [row["code"] for row in table if row["strong"]] == ["excluded"]


def test_a_click_on_a_box_chooses_it_and_a_click_beside_keeps_the_choice(monkeypatch: Any) -> None:
    kept: dict[str, Any] = {"figure": {"selection": {"box": [{"path": "Excluded"}]}}}
    monkeypatch.setattr(state, "widget_value", kept.get)
    monkeypatch.setattr(state, "set_widget", kept.__setitem__)
    follow_box("figure")()
    assert kept[CHOSEN] == "Excluded"
    kept["figure"] = {"selection": {"box": []}}
    follow_box("figure")()
    assert kept[CHOSEN] == "Excluded"
