"""The page: mapping, dry run, every fault on the screen, nothing written before it is confirmed, then all in one step."""

import zipfile
from io import BytesIO

import pytest
from streamlit.testing.v1 import AppTest

from exchange.redcap_dictionary import write_dictionary
from exchange.redcap_mapping import RecordMapping
from store import Store
from tests.exchange.redcap_trial import make_hospital_dictionary, make_records, plant_faults, write_export
from tests.views.people import open_app, said

DICTIONARY = write_dictionary(make_hospital_dictionary())


def give(app: AppTest, dictionary: bytes | None, records: bytes | None) -> AppTest:
    """Upload the files."""
    for label, content in (("Data dictionary (CSV)", dictionary), ("Record export (CSV)", records)):
        if content is not None:
            box = next(one for one in app.file_uploader if one.label == label)
            box.set_value((f"{label}.csv", content, "text/csv"))
    app.run()
    assert not app.exception, app.exception
    return app


def confirm(app: AppTest, who: str, why: str, leave: bool | None = None) -> AppTest:
    next(one for one in app.text_input if one.label == "Your name or initials").set_value(who)
    next(one for one in app.text_input if one.label == "Why").set_value(why)
    if leave is not None:
        next(one for one in app.checkbox if one.label.startswith("Leave out")).set_value(leave)
    next(one for one in app.button if one.label.startswith("Import ")).click().run()
    assert not app.exception, app.exception
    return app


def test_nothing_is_written_before_it_is_confirmed(store: Store) -> None:
    planted = plant_faults(300, 20)
    before = (store.fetch_patients(), store.fetch_cases())
    app = give(open_app("import_export"), DICTIONARY, planted.content)
    text = said(app)
    refused = 300 - len(planted.good)
    assert f"**300 rows read** = {len(planted.good)} good + {refused} refused + 0 left out" in text
    assert f"{len(planted.good)} new, 0 changed" in text
    faults = next(table.value for table in app.dataframe if "What is wrong" in table.value)
    assert {(row.Row, row.Field) for row in faults.itertuples()} == set(planted.faults)
    assert (store.fetch_patients(), store.fetch_cases()) == before

    app = confirm(app, "", "monthly export", True)
    assert any("Say who imports and why" in error.value for error in app.error)
    app = confirm(app, "AB", "monthly export", False)
    assert any("tick that they are left out" in error.value for error in app.error)
    assert (store.fetch_patients(), store.fetch_cases()) == before

    app = confirm(app, "AB", "monthly export", True)
    assert {one.patient_id for one in store.fetch_patients()} == {"P017", "P052", *planted.good}
    history = store.fetch_changes(min(planted.good))
    assert {(change.who, change.why) for change in history} == {("AB", "monthly export")}


def test_a_second_import_shows_old_and_new_and_what_is_the_same(store: Store) -> None:
    records = make_records(4)
    confirm(give(open_app("import_export"), DICTIONARY, write_export(records)), "AB", "first")
    records[2]["acth"] = "77"
    app = give(open_app("import_export"), DICTIONARY, write_export(records, delimiter=",", bom=False))
    assert "0 new, 1 changed, 3 unchanged" in said(app)
    table = next(table.value for table in app.dataframe if "Stands" in table.value)
    assert [tuple(row)[1:] for row in table.itertuples(index=False)] == [
        ("4", "ACTH", "7.5 · pg/mL", "77 · pg/mL"),
    ]


def test_a_patient_changed_since_the_dry_run_stops_the_import(store: Store) -> None:
    app = give(open_app("import_export"), DICTIONARY, write_export(make_records(2)))
    store.save_case({"case_id": "R00001", "sex": "female"})
    app = confirm(app, "AB", "monthly")
    assert any("changed in the store since the dry run" in error.value for error in app.error)
    assert store.fetch_patient("R00000") is None


@pytest.mark.parametrize(
    ("dictionary", "records", "says"),
    [
        (b"a,b\n1,2\n", None, "column 1 of 18 should be"),
        (DICTIONARY, b"", "The file is empty"),
        (DICTIONARY, b"age;sex\n1;2\n", "the column study_no (the record's id) is missing"),
        (DICTIONARY, b"\xff\xfea\x00", "save it as CSV UTF-8"),
    ],
)
def test_a_file_that_is_none_is_refused_in_a_sentence(
    store: Store, dictionary: bytes, records: bytes | None, says: str
) -> None:
    app = give(open_app("import_export"), dictionary, records)
    assert any(says in error.value for error in app.error), [error.value for error in app.error]
    assert not [one for one in app.button if one.label.startswith("Import ")]


def test_the_files_out_are_frozen_with_their_sums(store: Store) -> None:
    app = open_app("import_export")
    app.button_group[0].set_value("Out: data files").run()
    next(one for one in app.button if one.label == "Prepare the files").click().run()
    assert not app.exception, app.exception
    files = app.session_state["board_drafts"]["take_away"]
    with zipfile.ZipFile(BytesIO(files["zip"])) as archive:
        assert set(archive.namelist()) == {*files["files"], "manifest.json", "SHA256SUMS"}
        assert archive.read("redcap_records.csv") == files["files"]["redcap_records.csv"]
    box = next(one for one in app.file_uploader if one.label == "Frozen zip")
    box.set_value(("frozen.zip", files["zip"], "application/zip")).run()
    assert any("9 files exactly as frozen" in one.value for one in app.success)


def test_an_edited_mapping_stands_there_again_after_another_page(store: Store) -> None:
    app = give(open_app("import_export"), DICTIONARY, write_export(make_records(2)))
    base = app.session_state["board_drafts"]["redcap_rules"]["base"]
    app.switch_page("pages/cohort.py").run()
    app.session_state["board_drafts"]["redcap_rules"]["last"] = RecordMapping(base.rules[:1])
    app = give(app.switch_page("pages/import_export.py").run(), DICTIONARY, write_export(make_records(2)))
    assert app.session_state["board_drafts"]["redcap_rules"]["base"].rules == base.rules[:1]
    assert "Taken in: 1 of" in said(app)
