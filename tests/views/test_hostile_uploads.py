"""What nobody should send, sent through the page: refused or listed in a sentence, with nothing left behind."""

import io
import stat
import zipfile
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from store import Store, data_folder
from tests.imaging.dicom_files import pet_series, pet_slice
from tests.views.people import open_app, said
from tests.views.test_identities import scans, zipped
from views.uploads import Upload, make_incoming, read_incoming

MANY = 10_000


def packed(members: dict[str, bytes], *links: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
        for name in links:
            info = zipfile.ZipInfo(name)
            info.external_attr = (stat.S_IFLNK | 0o777) << 16
            archive.writestr(info, "/etc/passwd")
    return buffer.getvalue()


def dicom(slices: list) -> dict[str, bytes]:  # type: ignore[type-arg]
    with zipfile.ZipFile(io.BytesIO(zipped(slices))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def send(app: AppTest, data: bytes, name: str = "study.zip") -> AppTest:
    app.file_uploader[0].upload(name, data).run()
    next(one for one in app.button if one.label == f"Read {name}").click().run(timeout=120)
    assert not app.exception, app.exception
    return app


def told(app: AppTest) -> str:
    """The texts on the screen as a reader sees them."""
    return said(app).replace("\\:", ":").replace("\\_", "_")


def left() -> list[Path]:
    """Files of uploads still there."""
    return [one for one in (data_folder() / "uploads").rglob("*") if one.is_file()]


def refused(store: Store, data: bytes, says: str) -> None:
    app = send(open_app("imaging", "P052"), data)
    assert says in told(app)
    assert not scans(app)
    assert left() == []
    assert str(data_folder()) not in told(app)


def test_two_patients_in_one_study_are_refused(store: Store) -> None:
    two = [*pet_series(3), pet_slice(9.0, PatientID="P002")]
    refused(store, packed(dicom(two)), "The upload holds images of 2 patients and nothing was read")


def test_a_zip_bomb_is_not_opened(store: Store) -> None:
    data = bytearray(packed({"bomb.dcm": bytes(2**20)}))
    claim = data.index(b"PK\x01\x02") + 24
    data[claim : claim + 4] = (3 * 2**30).to_bytes(4, "little")
    refused(store, bytes(data), "would unpack to 3.0 GB and was not opened")


def test_names_that_point_outside_and_links_are_refused_one_by_one(store: Store) -> None:
    good = dicom(pet_series(3))
    bad = {"../../escaped.dcm": b"x", "/etc/escaped.dcm": b"x", "C:\\escaped.dcm": b"x"}
    app = send(open_app("imaging", "P052"), packed(good | bad, "link.dcm"))
    assert "and 2 more files: Its name points outside the zip" in told(app)
    assert "link.dcm: It is a link to somewhere else and was not followed" in told(app)
    assert len(scans(app)) == 1, "the images beside them are read"
    assert not list(data_folder().parent.rglob("escaped*"))


def test_ten_thousand_small_files_are_told_of_in_one_line(store: Store) -> None:
    members = {f"note{n:05d}.txt": b"note" for n in range(MANY)}
    app = send(open_app("imaging", "P052"), packed(members | dicom(pet_series(3))))
    assert f"note00000.txt and {MANY - 1} more files: " in told(app)
    assert len(scans(app)) == 1


def test_a_zip_in_a_zip_is_named_and_not_opened(store: Store) -> None:
    inner = packed(dicom(pet_series(3)))
    refused(store, packed({"inner.zip": inner}), "study.zip/inner.zip: An archive inside an archive is not opened")


def test_a_damaged_zip_and_an_empty_one_are_refused(store: Store) -> None:
    refused(store, packed(dicom(pet_series(3)))[:-200], "The zip is damaged or incomplete")
    refused(store, packed({}), "The upload holds no PET or CT images")


def test_a_password_is_asked_for_by_nobody(store: Store) -> None:
    data = bytearray(packed({"IM0": b"secret"}))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    refused(store, bytes(data), "protected by a password")


class Cancelled(BaseException):
    """What ends a run of the page when its reader clicks Cancel."""


@pytest.mark.parametrize("at", ["Reading image", "Removing identities", "Preparing PT", "Opening"])
def test_cancel_leaves_nothing_behind_wherever_it_comes(store: Store, at: str, monkeypatch: pytest.MonkeyPatch) -> None:
    home = data_folder() / "uploads" / "session"
    monkeypatch.setattr("views.uploads.session_folder", lambda: home)
    incoming = make_incoming()
    for name, data in dicom(pet_series(3)).items():
        (incoming / Path(name).name).write_bytes(data)
    reached: list[str] = []

    def progress(share: float, says: str) -> None:
        reached.append(says)
        if says.startswith(at):
            raise Cancelled

    with pytest.raises(Cancelled):
        read_incoming(incoming, "P052", progress)
    assert reached[-1].startswith(at)
    assert list(home.iterdir()) == []


def test_progress_goes_forward_through_reading_removing_and_preparing(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("views.uploads.session_folder", lambda: data_folder() / "uploads" / "session")
    incoming = make_incoming()
    for name, data in dicom(pet_series(3)).items():
        (incoming / Path(name).name).write_bytes(data)
    told: list[tuple[float, str]] = []
    upload = read_incoming(incoming, "P052", lambda share, says: told.append((share, says)))
    assert isinstance(upload, Upload) and len(upload.scans) == 1
    shares = [share for share, _ in told]
    assert shares == sorted(shares)
    assert shares[0] >= 0.0 and shares[-1] == 1.0
    assert [says.rpartition(" 3 of 3")[0] for _, says in told if "3 of 3" in says] == [
        "Reading image",
        "Removing identities, image",
    ]
