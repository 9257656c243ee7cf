"""The worklist: who is on it, what is said of them, and files that are imported whole or not at all."""

import json
from base64 import b64decode
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from decision.evidence import load_knowledge
from imaging.preview import save_preview, small_path
from store import SeriesRecord, Store, WorklistRow, data_folder, open_store
from tests.imaging.phantoms import hot_voxel
from tests.views.people import CUSHINGS_DISEASE, open_app, said
from views import patients
from views.case_import import FileError, read_case_documents
from views.previews import read_small
from views.worklist import (
    ALL,
    CONFLICTS,
    MEETING,
    UNREAD,
    choose_rows,
    make_table,
    name_tabs,
    say_suggestion,
    search_rows,
)

TODAY = date(2026, 3, 1)
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def row(patient_id: str = "P017", **changes: object) -> WorklistRow:
    values: dict[str, object] = {
        "patient_id": patient_id,
        "age_years": 34.0,
        "sex": "female",
        "leader": "CD",
        "probability": 0.93,
        "low": 0.81,
        "high": 0.98,
        "prediction_set": ("CD",),
        "abstain": None,
        "missing": ("DHEAS",),
        "next_test": "ipss_stimulated_ratio",
        "next_gain_bits": 0.42,
        "rests_on": ("Plasma ACTH 46 pg/mL · 10.1 pmol/L", "MRI pituitary: lesion 7 mm"),
        "has_pentixafor": True,
        "has_dotatate": False,
        "reference": None,
        "needs_read": False,
        "conflicts": 0,
        "urgent": (),
        "mdt_on": None,
        "enrolled_on": None,
        "updated_at": NOW - timedelta(hours=2),
        "thumbnail": None,
        "synthetic": True,
    }
    return WorklistRow(**(values | changes))  # type: ignore[arg-type]


def test_tabs_count_who_they_hold() -> None:
    rows = [row("P001", mdt_on=date(2026, 3, 2)), row("P002", needs_read=True), row("P003", conflicts=2)]
    assert list(name_tabs(rows, TODAY).values()) == [
        "Tomorrow's MDT (1)",
        "All (3)",
        "Needs a read (1)",
        "Conflicts (1)",
    ]
    assert [found.patient_id for found in choose_rows(rows, UNREAD, TODAY)] == ["P002"]
    assert [found.patient_id for found in choose_rows(rows, CONFLICTS, TODAY)] == ["P003"]
    assert len(choose_rows(rows, ALL, TODAY)) == 3


def test_the_next_meeting_is_named_by_its_day_and_past_ones_are_over() -> None:
    rows = [row("P001", mdt_on=date(2026, 2, 1)), row("P002", mdt_on=date(2026, 3, 12))]
    assert name_tabs(rows, TODAY)[MEETING] == "MDT 12 Mar (1)"
    assert name_tabs(rows[:1], TODAY)[MEETING] == "No MDT planned (0)"


def test_a_patient_with_both_tracers_shows_both_pictures_and_a_mark(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patients, "read_small", lambda place: f"data:image/jpeg;base64,{place}" if place else None)
    rows = [row("P001", thumbnail="cA", second_thumbnail="dA"), row("P002", thumbnail="cB"), row("P003")]
    table = patients.make_pictured_table(rows)
    assert table["Second"].tolist()[0] == "data:image/jpeg;base64,dA"
    assert table["Picture"][1] == "data:image/jpeg;base64,cB" and table["Picture"].isna().tolist() == [
        False,
        False,
        True,
    ]
    marked = b64decode(table["Picture"][0].removeprefix("data:image/svg+xml;base64,")).decode()
    assert "data:image/jpeg;base64,cA" in marked and ">2</text>" in marked
    assert "Second" not in patients.make_pictured_table(rows[1:]).columns, "no empty column where nobody has two"


def test_what_matters_on_the_worklist_stands_in_a_window_of_1024_px() -> None:
    widths = {name: column["width"] for name, column in patients.configure_columns().items()}
    beyond = ("Updated", "Second")
    assert sum(width for name, width in widths.items() if name not in beyond) <= 750


def test_the_worklist_says_of_the_set_what_the_knowledge_says() -> None:
    says = patients.configure_columns()["Suggestion"]["help"]
    assert load_knowledge().rules["prediction_set"]["says"] in says


def test_a_line_says_what_is_known_and_dashes_what_is_not() -> None:
    table = make_table([row(), row("P052", age_years=None, sex=None, probability=None, leader=None, rests_on=())], NOW)
    known, unknown = table.iloc[0], table.iloc[1]
    assert (known["Suggestion"], known["Probability"]) == ("Cushing's disease", "93 % [81–98]")
    assert known["Rests on"] == "Plasma ACTH 46 pg/mL …", "whole findings only"
    assert (known["Next"], known["Images"], known["Updated"]) == (
        "IPSS stimulated ratio (0.4 bit)",
        "Pentixafor",
        "2 h",
    )
    assert list(unknown[["Age", "Suggestion", "Probability", "Rests on"]]) == ["—"] * 4


def test_classes_that_cannot_be_told_apart_are_all_named() -> None:
    assert say_suggestion(row(prediction_set=("EAS", "CD"))) == "EAS or CD"
    assert say_suggestion(row(abstain="too little is known")) == "No suggestion"


def test_search_finds_every_word_in_any_column() -> None:
    rows = [row("P001"), row("P002", rests_on=("CT adrenal left: lesion 31 mm",))]
    assert [found.patient_id for found in search_rows(rows, "adrenal LEFT")] == ["P002"]
    assert [found.patient_id for found in search_rows(rows, "p001")] == ["P001"]
    assert search_rows(rows, "adrenal right") == []


def test_the_page_shows_the_meeting_first_and_everybody_on_request(store: Store) -> None:
    app = open_app()
    assert list(app.dataframe[0].value["ID"]) == ["P017"]
    assert "Synthetic data" in said(app)
    assert "not a medical device" in said(app)
    app.button_group(key="worklist_tab").set_value("all").run()
    assert sorted(app.dataframe[0].value["ID"]) == ["P017", "P052"]


def test_a_search_without_a_match_says_so(store: Store) -> None:
    app = open_app()
    app.text_input(key="worklist_search").set_value("nobody").run()
    assert "Nobody here matches" in said(app)


def test_an_empty_store_invites_to_add_somebody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUSHING_DATA", str(tmp_path))
    app = open_app()
    assert "No patients yet" in said(app)
    assert "Synthetic" not in said(app)


def test_a_file_holds_one_case_or_one_a_line() -> None:
    one = json.dumps(CUSHINGS_DISEASE, indent=1).encode()
    assert [document["case_id"] for document in read_case_documents(one)] == ["P017"]
    assert len(read_case_documents(b'{"case_id": "P1"}\n\n{"case_id": "P2"}\n')) == 2


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b'{"case_id": "P1"}\n{"case_id": "P2", "age": 3}', "Line 2: P2: age"),
        (b'{"case_id": "P1"}\n{"case_id": "P1"}', "P1 stands in the file more than once"),
        (b'{"case_id": "P1", "results": [{"test": "acth_plasma", "value": 31}]}', "ACTH needs its unit"),
        (b"\xff\xfe", "not UTF-8"),
        (b"", "empty"),
        (b"[1, 2]", "a case is an object"),
    ],
)
def test_a_file_with_a_mistake_is_refused_in_a_sentence(content: bytes, says: str) -> None:
    with pytest.raises(FileError, match=says):
        read_case_documents(content)


def test_import_keeps_every_case_of_a_good_file_and_none_of_a_bad_one(store: Store) -> None:
    app = open_app()
    bad = b'{"case_id": "P200"}\n{"case_id": "P201", "sex": "x"}'
    app.file_uploader(key="case_file_0").upload("cases.jsonl", bad).run()
    assert "Nothing was imported" in said(app)
    assert open_store().fetch_patient("P200") is None
    app.file_uploader(key="case_file_0").upload("cases.jsonl", b'{"case_id": "P200"}\n{"case_id": "P201"}').run()
    next(button for button in app.button if button.label == "Import 2 cases").click().run()
    assert {"P200", "P201"} <= set(open_store().fetch_cases())


def test_a_line_shows_the_small_picture_of_its_scan() -> None:
    rows = [row(thumbnail="previews/a.jpg"), row("P052")]
    pictures = {"previews/a.jpg": "data:image/jpeg;base64,AA"}
    shown = make_table(rows, NOW, lambda place: pictures.get(place or ""))["Picture"]
    assert shown.iloc[0] == "data:image/jpeg;base64,AA"
    assert shown.isna().iloc[1]


def test_the_worklist_shows_pictures_as_they_lie_beside_the_preview(store: Store) -> None:
    place = data_folder() / "previews" / "scan.jpg"
    save_preview(place, hot_voxel(), None, "68ga-Pentixafor")
    store.save_series(SeriesRecord("P017", "1.2.3", "1.2", "PT", preview_path="previews/scan.jpg"))
    assert read_small("previews/scan.jpg").startswith("data:image/jpeg;base64,/9j/")  # type: ignore[union-attr]
    small_path(place).unlink()
    assert len(read_small("previews/scan.jpg") or "") < 8000, "one kept before small pictures were made is made small"
    assert read_small("previews/gone.jpg") is read_small(None) is None
    app = open_app("patients")
    assert app.dataframe[0].value["Picture"].notna().sum() == 1
