"""Identities on their way in through the page: gone by default, dates true on the screen and moved everywhere else."""

import io
import json
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydicom.dataset import Dataset
from streamlit.testing.v1 import AppTest

from imaging.dicom import load_volume, read_study
from imaging.orientation import turn_to_patient_axes
from imaging.pseudonym import disguise_patient, disguise_stranger
from imaging.volume import read_volume
from store import SeriesRecord, Store, data_folder, read_secret
from store.secret import FILE, VARIABLE
from tests.imaging.dicom_files import ct_slice, pet_series
from tests.imaging.telling_files import WORDS, telling_study
from tests.views.people import open_app, said
from views.attach import attach_scans
from views.report_pictures import make_key_slices
from views.scan import Scan
from views.scan_day import read_day

CLEARED = {"PatientIdentityRemoved": "YES", "PatientName": "SITE2-017", "PatientID": "SITE2-017"}
# A day that no laboratory result of the test's patients has.
DAY = {name: "20260305" for name in ("StudyDate", "SeriesDate", "AcquisitionDate")}
MOVED = ("20260305", "2026-03-05")


def zipped(slices: list[Dataset]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number, one in enumerate(slices):
            file = io.BytesIO()
            one.save_as(file, enforce_file_format=True)
            archive.writestr(f"MUSTERFRAU/IM{number}", file.getvalue())
    return packed.getvalue()


def read(app: AppTest, slices: list[Dataset], remove: bool = True) -> AppTest:
    app.file_uploader[0].upload("study.zip", zipped(slices)).run()
    if not remove:
        next(one for one in app.toggle if one.label == "Remove identities").set_value(False).run()
    next(one for one in app.button if one.label == "Read study.zip").click().run()
    assert not app.exception, app.exception
    return app


def scans(app: AppTest) -> tuple[Scan, ...]:
    held: tuple[Scan, ...] = app.session_state["board_drafts"]["imaging_upload"]["upload"].scans
    return held


def files() -> Iterator[Path]:
    return (one for one in data_folder().rglob("*") if one.is_file() and one.name != FILE)


def left(words: tuple[str, ...]) -> list[str]:
    """Which of the words stand in any file of the data folder, the database among them."""
    data = b"".join(one.read_bytes() for one in files()).upper()
    return [word for word in words if word.encode() in data]


@pytest.mark.parametrize("maker", ["GE", "SIEMENS"])
def test_nothing_that_is_kept_tells_the_patient_and_the_screen_says_what_went(store: Store, maker: str) -> None:
    injected = {"RadiopharmaceuticalStartDateTime": "20260305100000"}
    app = read(open_app("imaging", "P052"), telling_study(maker, **DAY, item=injected))
    assert "Removed: name, birth date, accession number, institution, physicians and" in said(app)
    assert "Days on this page are true" in said(app)
    assert "Patient's Name" in said(app)
    assert left((*WORDS, *MOVED)) == []
    attach_scans(store, scans(app), "P052")
    assert len(store.fetch_series("P052")) == 2
    assert left((*WORDS, *MOVED)) == []
    state = json.dumps([[str(one.record), str(one.series), str(one.owner)] for one in scans(app)]).upper()
    assert [word for word in (*WORDS, *MOVED) if word in state] == []


def test_the_day_on_the_screen_is_the_true_one_and_the_kept_one_is_not(store: Store) -> None:
    app = read(open_app("imaging", "P052"), telling_study())
    assert "2 Mar 2026 · 60 min after injection" in str(app.radio[0].proto)
    attach_scans(store, scans(app), "P052")
    app = open_app("imaging", "P052")
    assert "2 Mar 2026 · 60 min after injection" in str(app.radio[0].proto)
    person = disguise_patient("P052", read_secret())
    for record in store.fetch_series("P052"):
        assert record.acquired_on == person.shift_day(date(2026, 3, 2))
        assert record.inspection["study_date"] == str(record.acquired_on)
        assert read_day(record).day == date(2026, 3, 2)
    (picture,) = make_key_slices([], store.fetch_series("P052"))
    assert "2 Mar 2026" in picture.caption, "the summary stands beside laboratory dates"


def test_under_another_secret_the_day_is_not_known_rather_than_wrong(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    attach_scans(store, scans(read(open_app("imaging", "P052"), telling_study())), "P052")
    monkeypatch.setenv(VARIABLE, "quite another secret of the site")
    app = open_app("imaging", "P052")
    assert "— (the secret it was moved by is not here)" in str(app.radio[0].proto)


def test_two_studies_of_one_patient_move_together(store: Store) -> None:
    later = {"StudyDate": "20260320", "SeriesDate": "20260320", "AcquisitionDate": "20260320"}
    new = {"StudyInstanceUID": "1.2.826.77.5", "PatientID": "OTHER-SITE", "PatientName": "M^E"}
    injected = {"RadiopharmaceuticalStartDateTime": "20260320100000", "Radiopharmaceutical": "DOTATATE"}
    first = scans(read(open_app("imaging", "P052"), telling_study("GE")))
    second = scans(read(open_app("imaging", "P052"), telling_study("SIEMENS", **later, **new, item=injected)))
    days = [{one.record.acquired_on for one in each} for each in (first, second)]
    assert [len(each) for each in days] == [1, 1]
    gap = next(iter(days[1])) - next(iter(days[0]))  # type: ignore[operator]
    assert gap.days == 18


def test_an_upload_before_a_patient_is_chosen_becomes_that_patients(store: Store) -> None:
    app = read(open_app("imaging"), telling_study())
    stranger = disguise_stranger("KH4711XQ", read_secret())
    assert {(one.record.deidentified or {})["as"] for one in scans(app)} == {stranger.name}
    assert "2 Mar 2026" in str(app.radio[0].proto)
    uids = {one.uid for one in scans(app)}
    next(one for one in app.selectbox if one.label == "Patient").set_value("P052").run()
    person = disguise_patient("P052", read_secret())
    direct = scans(read(open_app("imaging", "P052"), telling_study()))
    assert {one.uid for one in scans(app)} == {one.uid for one in direct} == uids
    for one, other in zip(scans(app), direct, strict=True):
        assert one.record.acquired_on == other.record.acquired_on == person.shift_day(date(2026, 3, 2))
        assert one.record.inspection == other.record.inspection
        assert one.series and other.series and one.series.headers == other.series.headers
        assert str(one.owner) == str(other.owner)
    assert "2 Mar 2026" in str(app.radio[0].proto)


def test_the_same_study_again_is_recognised(store: Store) -> None:
    attach_scans(store, scans(read(open_app("imaging", "P052"), telling_study())), "P052")
    again = read(open_app("imaging", "P052"), telling_study())
    assert "This study is attached to P052 already" in said(again)
    assert len(again.radio[0].options) == 1
    attach_scans(store, scans(again), "P052")
    assert len(store.fetch_series("P052")) == 2
    other = read(open_app("imaging", "P017"), telling_study())
    assert "The same images are attached to P052" in said(other)


def test_a_study_that_was_kept_with_its_own_identifiers_is_recognised_too(store: Store) -> None:
    store.save_series(SeriesRecord("P052", "1.2.826.77.1.1", "1.2.826.77.1", "PT", "68Ga-Pentixafor"))
    app = read(open_app("imaging", "P052"), telling_study())
    assert "attached to P052 already (PET 68Ga-Pentixafor)" in said(app)
    assert "attached again, it is there twice" in said(app)


def test_another_hospital_number_for_a_patient_is_pointed_out(store: Store) -> None:
    attach_scans(store, scans(read(open_app("imaging", "P052"), telling_study())), "P052")
    stranger = {"PatientID": "KH-9", "StudyInstanceUID": "1.2.826.77.6", "SeriesInstanceUID": "1.2.826.77.6.1"}
    app = read(open_app("imaging", "P052"), pet_series(3, **stranger))
    assert "came with another hospital number" in said(app)
    own = {"PatientID": "KH4711XQ", "StudyInstanceUID": "1.2.826.77.7", "SeriesInstanceUID": "1.2.826.77.7.1"}
    elsewhere = read(open_app("imaging", "P017"), pet_series(3, **own))
    assert "Images with this hospital number are kept for P052" in said(elsewhere)
    same = read(open_app("imaging", "P052"), pet_series(3, **own))
    assert "hospital number" not in said(same)


def test_burned_in_text_is_pointed_out_in_a_sentence(store: Store) -> None:
    slices = [*pet_series(3), *(ct_slice(3.0 * n, BurnedInAnnotation="YES") for n in range(3))]
    app = read(open_app("imaging", "P052"), slices)
    titles = " ".join(str(one.proto) for one in app.warning)
    assert "text is burned into the picture" in said(app)
    assert "Look before you share these images" in titles


def test_identifiers_of_research_are_kept_only_where_nothing_tells_who_it_is(store: Store) -> None:
    app = read(open_app("imaging", "P052"), pet_series(3, **CLEARED), remove=False)
    (one,) = scans(app)
    assert one.uid == "1.2.3.1"
    assert one.record.acquired_on == date(2026, 3, 2)
    assert "Identifiers and dates are kept as sent" in said(app)
    assert "2 Mar 2026 (as it came, perhaps moved)" in str(app.radio[0].proto)
    refused = read(open_app("imaging", "P052"), telling_study(), remove=False)
    assert "These images still tell who the patient is" in said(refused)
    assert not scans(refused)
    assert left(WORDS) == []


def test_dates_that_were_moved_before_are_not_called_true(store: Store) -> None:
    moved = {**CLEARED, "LongitudinalTemporalInformationModified": "MODIFIED"}
    app = read(open_app("imaging", "P052"), pet_series(3, **moved))
    assert "2 Mar 2026 (moved before it came here)" in str(app.radio[0].proto)
    assert "Days on this page are true" not in said(app)


def test_a_secret_that_cannot_be_is_said_and_nothing_is_kept(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "short")
    app = read(open_app("imaging", "P052"), telling_study())
    assert "could be guessed" in said(app)
    assert not scans(app)
    assert left(WORDS) == []


def test_the_suv_is_that_of_the_images_as_they_came(shared: Path, store: Store) -> None:
    app = open_app("imaging", "P052")
    study = shared / "imaging" / "dicom" / "sts001_pet_ct.zip"
    app.file_uploader[0].upload(study.name, study.read_bytes()).run()
    next(one for one in app.button if one.label == f"Read {study.name}").click().run()
    original = next(one for one in read_study(study).series if one.modality == "PT")
    held = next(one for one in scans(app) if one.is_pet)
    assert held.series and held.series.suv and original.suv
    assert held.series.suv.factors == original.suv.factors
    wanted: Any = turn_to_patient_axes(load_volume(original)).values
    assert held.path and (read_volume(held.path).values == wanted).all()
