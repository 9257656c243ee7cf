"""A scan in SUV as NIfTI with float32 values, and beside it a JSON document of everything the SUV was computed from."""

import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any

import numpy as np
import numpy.typing as npt
from nibabel.nifti1 import Nifti1Header

from exchange.lesion import PROGRAM, Lesion, Stamp, program_version
from imaging.dicom import Series
from imaging.header import Header
from imaging.kept_headers import read_headers
from imaging.nifti import affine_ras
from imaging.region import Mask
from imaging.volume import Volume

_DATA_AT = 352
# What a header holds that says who the patient is or where its pixels lie has no part in the SUV.
_NO_INPUT = ("patient_id", "patient_name", "sop_instance", "transfer_syntax", "rows", "columns", "frames", "samples")


def write_suv_nifti(volume: Volume) -> bytes:
    """A volume as gzipped NIfTI-1, float32 as measured; `descrip` says the unit (SUVbw: g/ml). The same bytes each time."""
    return _write(volume, np.asarray(volume.values, dtype="<f4"), volume.unit)


def write_mask_nifti(mask: Mask, volume: Volume) -> bytes:
    """An outline on the grid of its volume as gzipped NIfTI-1, 1 inside and 0 outside."""
    return _write(volume, mask.astype(np.uint8), "lesion outline")


def write_sidecar(
    case_id: str,
    inspection: Mapping[str, Any],
    series: Series | None,
    lesions: Sequence[Lesion],
    stamp: Stamp,
    files: Mapping[str, str],
) -> bytes:
    """What the SUV of a scan rests on, as JSON: header values, times, factors, problems, lesions, program version.

    `inspection` is the scan's document as it is kept; `series` adds the header's own values while they are at hand.
    `files` says what each file beside it is. Holds neither name nor identifier of the hospital.
    """
    document = {
        "what": "Inputs of the SUV in the files beside this one, and the lesions measured in them",
        "note": stamp.note,
        "synthetic": stamp.synthetic,
        "program": {"name": PROGRAM, "version": program_version()},
        "written_at": stamp.at.isoformat(timespec="seconds"),
        "case_id": case_id,
        "files": dict(files),
        "scan": _say_scan(inspection),
        "suv_inputs": _inputs(series) if series else _kept_inputs(inspection),
        "suv_inputs_says": _KEPT if series or inspection.get("suv_headers") else _NOT_KEPT,
        "lesions": [_lesion(one) for one in lesions],
    }
    return json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False).encode()


_KEPT = (
    "As the headers have them: times as written, dose in the unit written; a list has one entry a slice, low to high."
)
_NOT_KEPT = "The DICOM headers are not kept with a stored scan; what was used stands in words under scan, provenance."


def _say_scan(inspection: Mapping[str, Any]) -> dict[str, Any]:
    """The kept document; of corrections what was entered and why, not by whom."""
    document = {name: value for name, value in inspection.items() if name != "suv_headers"}
    if kept := document.get("corrections"):
        document["corrections"] = {name: value for name, value in kept.items() if name not in ("log", "left")}
    return document


def _kept_inputs(inspection: Mapping[str, Any]) -> dict[str, Any] | None:
    """The header values kept with a stored scan; its factors and problems stand under scan."""
    headers = read_headers(inspection.get("suv_headers"))
    return {"header": _header_values(headers)} if headers else None


def _header_values(headers: Sequence[Header]) -> dict[str, Any]:
    values = {name.name: _of_slices(headers, name.name) for name in fields(Header) if name.name not in _NO_INPUT}
    return {name: value for name, value in values.items() if value not in (None, (), [])}


def _inputs(series: Series) -> dict[str, Any]:
    suv = series.suv
    return {
        "header": _header_values(series.headers),
        "suv_type": suv.suv_type if suv else None,
        "factors": _shared(suv.factors) if suv and suv.factors else None,
        "reference_time": series.reference_time,
        "reference_time_source": series.reference_time_source,
        "uptake_minutes": series.uptake_minutes,
        "reasons": list(suv.reasons) if suv else [],
        "problems": [asdict(problem) for problem in series.problems],
    }


def _of_slices(headers: Sequence[Header], name: str) -> Any:
    return _shared(tuple(getattr(header, name) for header in headers))


def _shared(values: tuple[Any, ...]) -> Any:
    """One value where all slices have the same, else all of them."""
    return values[0] if len(set(values)) == 1 else list(values)


def _lesion(lesion: Lesion) -> dict[str, Any]:
    known = asdict(lesion.measurement)
    return {
        "name": lesion.name,
        "site": lesion.site,
        "threshold": lesion.threshold,
        "voxels": int(lesion.mask.sum()),
        "tracking_uid": lesion.tracking_uid,
        "corrected": lesion.corrected or None,
        **known,
    }


def _write(volume: Volume, values: npt.NDArray[Any], says: str) -> bytes:
    header = Nifti1Header(endianness="<")
    header.set_data_dtype(values.dtype)
    header.set_data_shape(values.shape[::-1])
    header.set_sform(affine_ras(volume), code="scanner")
    header.set_qform(affine_ras(volume), code="scanner")
    header.set_xyzt_units("mm")
    header["magic"], header["vox_offset"] = b"n+1", _DATA_AT
    header["scl_slope"], header["scl_inter"] = 1.0, 0.0
    header["cal_min"], header["cal_max"] = 0.0, float(values.max(initial=0))
    header["descrip"] = says.encode()
    data = bytes(header.binaryblock) + b"\0" * (_DATA_AT - 348) + np.ascontiguousarray(values).tobytes()
    return gzip.compress(data, compresslevel=6, mtime=0)
