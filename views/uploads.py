"""Uploaded images: a private folder for this session, read with progress, kept as volumes, removed with the session."""

import re
import secrets
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from exchange.dicom_source import Owner, read_owner
from imaging.archive import OpenSources
from imaging.dicom import Series, load_volume
from imaging.orientation import turn_to_patient_axes
from imaging.problem import ImagingError
from imaging.volume import save_volume
from store import StoreError, data_folder
from views.scan import Scan, make_scan
from views.taking_in import Progress, TakenIn, take_in

FOLDER = "uploads"
_LEFT_BEHIND_S = 24 * 3600
_SHOWN_MODALITIES = ("PT", "CT")
_REGIONS = ("SEG", "RTSTRUCT")
_TAKEN = 0.7


@dataclass(frozen=True)
class Upload:
    """What one upload gave: scans to look at, a sentence for each file or series that could not be used, and one for
    each thing that a person should look at before the images are shared.
    """

    scans: tuple[Scan, ...] = ()
    refused: tuple[str, ...] = field(default=())
    look_at: tuple[str, ...] = field(default=())
    regions: tuple[Path, ...] = field(default=())


def session_folder() -> Path:
    """A folder only this session knows the name of; gone when the session ends, and after a day at the latest."""
    return _make_folder(str(data_folder() / FOLDER))


@st.cache_resource(scope="session", max_entries=1, show_spinner=False, on_release=lambda path: remove_folder(path))
def _make_folder(home: str) -> Path:
    Path(home).mkdir(exist_ok=True)
    _sweep(Path(home))
    folder = Path(home) / secrets.token_hex(16)
    folder.mkdir(mode=0o700)
    return folder


def close_session_folder() -> None:
    """Remove everything uploaded in this session."""
    _make_folder.clear()


def remove_folder(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)


def _sweep(home: Path) -> None:
    """Remove what a server that stopped in the middle left behind."""
    for folder in home.iterdir():
        if time.time() - folder.stat().st_mtime > _LEFT_BEHIND_S:
            remove_folder(folder)


def read_upload(
    files: Sequence[UploadedFile], patient_id: str, progress: Progress, keep_identifiers: bool = False
) -> Upload:
    """Read uploaded files (a zip, or files of any names); the images stay as volumes, the files themselves go."""
    incoming = make_incoming()
    try:
        _write_files(files, incoming)
    except OSError as error:
        remove_folder(incoming.parent)
        return Upload(refused=(_say_full(error),))
    return read_incoming(incoming, patient_id, progress, keep_identifiers)


def make_incoming() -> Path:
    """An empty folder of this session for the files of one study, from wherever they come."""
    incoming = session_folder() / secrets.token_hex(4) / "files"
    incoming.mkdir(parents=True)
    return incoming


def read_incoming(incoming: Path, patient_id: str, progress: Progress, keep_identifiers: bool = False) -> Upload:
    """Read the files that lie in a folder of `make_incoming`, uploaded or fetched, without their patient's identity
    (unless `keep_identifiers`: their sender has removed it); the files themselves go.
    """
    folder, files, copy = incoming.parent, list(incoming.iterdir()), incoming.parent / "copy"
    done = False
    try:
        source = files[0] if len(files) == 1 else incoming
        taken = take_in(source, copy, patient_id or None, keep_identifiers, progress)
        refused = [_plain_name(says, incoming) for says in taken.refused]
        scans = _keep_volumes(taken, folder, patient_id, refused, progress)
        regions = _keep_regions(taken.study.series, folder)
        progress(1.0, "Opening the images")
        done = bool(scans)
    except (ImagingError, StoreError) as error:
        return Upload(refused=(_plain_name(str(error), incoming),))
    except OSError as error:
        return Upload(refused=(_say_full(error),))
    finally:
        # A reader who cancels ends this in the middle, too.
        for gone in (incoming, copy) if done else (folder,):
            remove_folder(gone)
    if not scans and not refused:
        refused = ["The upload holds no PET or CT images; send the DICOM files of one study, or a zip of them."]
    return Upload(tuple(scans), tuple(refused), tuple(taken.deidentified.get("look_at", ())), regions)


def _say_full(error: OSError) -> str:
    reason = error.strerror or type(error).__name__
    return f"The server could not put the images down ({reason}), and nothing of them was kept: try again later."


def _write_files(files: Sequence[UploadedFile], folder: Path) -> None:
    # A number before each name: two files may have the same one, and a name from outside is never a path.
    for number, file in enumerate(files):
        plain = re.sub(r"[^\w.\-]+", "_", Path(file.name).name)[-80:] or "file"
        (folder / f"{number:05d}-{plain}").write_bytes(file.getbuffer())


def _plain_name(says: str, folder: Path) -> str:
    """A sentence about files with their names as the sender knows them."""
    return re.sub(r"(?<![\w.-])\d{5}-", "", says.replace(f"{folder}/", ""))


def _keep_volumes(taken: TakenIn, folder: Path, patient_id: str, refused: list[str], progress: Progress) -> list[Scan]:
    wanted = [one for one in taken.study.series if one.modality in _SHOWN_MODALITIES]
    scans = []
    for number, one in enumerate(wanted):
        progress(_TAKEN + (1 - _TAKEN) * number / len(wanted), f"Preparing {one.modality} {one.description or ''}")
        try:
            volume = load_volume(one)
        except ImagingError as error:
            refused.append(f"{one.modality} {one.description or 'series'}: {error}")
            continue
        path = folder / f"{number}.npz"
        save_volume(turn_to_patient_axes(volume), path)
        scan = make_scan(one, volume, str(path.relative_to(data_folder())), patient_id)
        scan = replace(scan, record=replace(scan.record, deidentified=taken.deidentified))
        scans.append(replace(scan, owner=_read_owner(one)) if scan.is_pet else scan)
    return scans


def _keep_regions(series: Sequence[Series], folder: Path) -> tuple[Path, ...]:
    """The segmentations and structure sets that lay beside the images, without identities as these are."""
    kept: list[Path] = []
    with OpenSources() as files:
        for one in sorted((one for one in series if one.modality in _REGIONS), key=lambda one: one.modality):
            for source in one.files:
                kept.append(folder / f"{one.modality} {len(kept) + 1}.dcm")
                with files.open(source) as stream:
                    kept[-1].write_bytes(stream.read())
    return tuple(kept)


def _read_owner(series: Series) -> Owner | None:
    """Patient and study of a PET, read before its files go; None where the header is too damaged to say."""
    try:
        return read_owner(series)
    except Exception:  # a parser raises many kinds for a damaged header; the scan itself can still be looked at
        return None


def keep_scan(scan: Scan, patient_id: str) -> str:
    """Move an uploaded volume among the patient's; gives back its new place, relative to the data folder."""
    if scan.path is None:
        raise ImagingError("The uploaded images are gone from the server; upload them again.")
    place = Path("volumes") / folder_name(patient_id) / f"{folder_name(scan.uid)}.npz"
    target = data_folder() / place
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(scan.path, target)
    return str(place)


def folder_name(text: str) -> str:
    """A name from outside as a folder or file may be called."""
    return re.sub(r"[^\w.\-]+", "_", text).lstrip(".") or "unnamed"
