"""An upload is not trusted: bombs, links, names that point outside, archives in archives, broken files."""

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imaging import archive
from imaging.dicom import Study, StudyError, read_study
from imaging.inspection import write_inspection
from imaging.problem import ImagingError
from tests.imaging.dicom_files import pet_series, write_files


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_files(tmp_path / "scan", pet_series(3))


def reasons(study: Study) -> dict[str, str]:
    return {Path(one.file).name: one.because for one in study.rejected}


def zipped(folder: Path, path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for file in sorted(folder.iterdir()):
            made.write(file, f"deep/er/{file.name}")
    return path


def test_a_zip_is_its_folder(folder: Path, tmp_path: Path) -> None:
    study = read_study(zipped(folder, tmp_path / "scan.zip"))
    assert (len(study.series), study.rejected) == (1, ())
    assert study.series[0].files[0].name.startswith("scan.zip/deep/er/")


def test_a_zip_with_another_name_is_still_a_zip(folder: Path, tmp_path: Path) -> None:
    assert len(read_study(zipped(folder, tmp_path / "upload")).series) == 1


def test_what_is_not_dicom_is_listed_with_its_reason(folder: Path) -> None:
    (folder / "notes.dcm").write_text("These are notes, long enough to look like a file. " * 9)
    (folder / "empty.dcm").touch()
    (folder / "mask.nii.gz").write_bytes(b"\x1f\x8b rest")
    found = reasons(read_study(folder))
    assert "not a DICOM file" in found["notes.dcm"]
    assert found["empty.dcm"] == "The file is empty."
    assert "NIfTI" in found["mask.nii.gz"]


@pytest.mark.parametrize("kept", [140, 400, 700, -1])
def test_a_file_cut_short_is_listed_and_the_others_are_read(folder: Path, kept: int) -> None:
    whole = (folder / "IM0000").read_bytes()
    (folder / "IM0000").write_bytes(whole[:kept])
    study = read_study(folder)
    assert list(reasons(study)) == ["IM0000"]
    assert any(word in reasons(study)["IM0000"] for word in ("cut short", "damaged", "no Series"))
    assert len(study.series[0].headers) == 2


@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(damage=st.dictionaries(st.integers(132, 1400), st.integers(0, 255), min_size=1, max_size=20))
def test_no_damage_stops_the_other_files(folder: Path, damage: dict[int, int]) -> None:
    whole = (folder / "IM0000").read_bytes()
    data = bytearray(whole)
    for place, value in damage.items():
        data[place % len(data)] = value
    (folder / "IM0000").write_bytes(bytes(data))
    try:
        study = read_study(folder)
        document = write_inspection(study)
    except StudyError as refusal:
        assert "2 patients" in str(refusal)
    else:
        assert sum(series["slices"] for series in document["series"]) + len(document["rejected"]) >= 3
    finally:
        (folder / "IM0000").write_bytes(whole)


def test_noise_after_the_dicom_mark_is_rejected(tmp_path: Path) -> None:
    (tmp_path / "noise").write_bytes(bytes(128) + b"DICM" + bytes(range(256)) * 40)
    study = read_study(tmp_path)
    assert study.series == ()
    assert list(reasons(study)) == ["noise"]


def test_an_archive_in_an_archive_is_refused_with_what_to_do(folder: Path, tmp_path: Path) -> None:
    zipped(folder, folder.parent / "inner.zip")
    with zipfile.ZipFile(tmp_path / "outer.zip", "w") as made:
        made.write(tmp_path / "inner.zip", "inner.zip")
    because = reasons(read_study(tmp_path / "outer.zip"))["inner.zip"]
    assert "unpack" in because


def test_names_that_point_outside_are_not_read(folder: Path, tmp_path: Path) -> None:
    data = (folder / "IM0000").read_bytes()
    with zipfile.ZipFile(tmp_path / "evil.zip", "w") as made:
        for name in ("../../outside", "/etc/outside", "C:\\outside", "inside"):
            made.writestr(name, data)
    study = read_study(tmp_path / "evil.zip")
    assert len(study.rejected) == 3
    assert all("outside the zip" in one.because for one in study.rejected)
    assert len(study.series[0].headers) == 1


def test_links_are_not_followed(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "file").write_bytes((folder / "IM0000").read_bytes())
    (folder / "link").symlink_to(tmp_path / "secret" / "file")
    (folder / "way").symlink_to(tmp_path / "secret")
    found = reasons(read_study(folder))
    assert sorted(found) == ["link", "way"]
    assert all("link" in because for because in found.values())


def test_a_link_inside_a_zip_is_not_followed(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("link")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "links.zip", "w") as made:
        made.writestr(link, "/etc/hostname")
    assert "link" in reasons(read_study(tmp_path / "links.zip"))["link"]


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_BYTES", 10_000)
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("zeros", bytes(20_000))
    monkeypatch.setattr(zipfile.ZipFile, "read", lambda *_: pytest.fail("unpacked"))
    assert "would unpack" in reasons(read_study(tmp_path / "bomb.zip"))["bomb.zip"]


def test_a_damaged_zip_is_refused(folder: Path, tmp_path: Path) -> None:
    path = zipped(folder, tmp_path / "scan.zip")
    path.write_bytes(path.read_bytes()[:-300])
    assert "damaged" in reasons(read_study(path))["scan.zip"]


def test_a_damaged_member_is_listed(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "stored.zip"
    with zipfile.ZipFile(path, "w") as made:
        for file in sorted(folder.iterdir()):
            made.write(file, file.name)
    data = bytearray(path.read_bytes())
    data[600] ^= 0xFF
    path.write_bytes(bytes(data))
    study = read_study(path)
    assert list(reasons(study)) == ["IM0000"]
    assert len(study.series[0].headers) == 2


def test_a_password_is_asked_away(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        made.writestr("scan", b"data")
    data = bytearray(buffer.getvalue())
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + place] |= 1
    (tmp_path / "locked.zip").write_bytes(bytes(data))
    assert "password" in reasons(read_study(tmp_path / "locked.zip"))["scan"]


def test_system_files_are_passed_over(folder: Path) -> None:
    for name in (".DS_Store", "._IM0000", "Thumbs.db"):
        (folder / name).write_bytes(b"x")
    assert read_study(folder).rejected == ()


def test_a_path_that_does_not_exist_is_said(tmp_path: Path) -> None:
    with pytest.raises(ImagingError, match="does not exist"):
        read_study(tmp_path / "nowhere")
