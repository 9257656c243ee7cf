"""The attributes of a synthetic PET or CT series, as DICOM PS3.3 asks and as three makers write them."""

from datetime import datetime, timedelta

from pydicom.dataset import Dataset

from imaging.volume import Volume
from sample_data.scanner import Scanner
from sample_data.specs import StudySpec

NOTE = "SYNTHETIC DATA"
Code = tuple[str, str, str]
# DICOM PS3.16: context groups 4020 (PET radionuclide), 4021 (PET radiopharmaceutical), 11 (route of administration).
GALLIUM_68: Code = ("35337001", "SCT", "^68^Gallium")
INTRAVENOUS: Code = ("47625008", "SCT", "Intravenous route")
AGENTS: dict[str, Code] = {"68Ga-DOTATATE": ("724025002", "SCT", "Dotatate Ga^68^")}
CORRECTIONS = {
    "GE": ["DECY", "ATTN", "SCAT", "DTIM", "RAN", "DCAL", "NORM"],
    "SIEMENS": ["NORM", "DTIM", "ATTN", "SCAT", "RADL", "DECY"],
    "PHILIPS": ["DECY", "RADL", "ATTN", "SCAT", "DTIM", "RAN", "NORM"],
}
PRIVATE = {
    "GE": (0x0009, "GEMS_PETD_01"),
    "SIEMENS": (0x0071, "SIEMENS MED PT"),
    "PHILIPS": (0x7053, "Philips PET Private Group"),
}
# DICOM PS3.16 CID 7050: how the data were de-identified; there was nobody to identify.
DEIDENTIFICATION = "Synthetic: no patient exists"


def add_patient(base: Dataset, spec: StudySpec) -> None:
    """Who: a pseudonym, no birth date, and on every file that the data are synthetic."""
    base.SpecificCharacterSet = "ISO_IR 100"
    base.PatientName = f"SYNTHETIC^{spec.patient_id}"
    base.PatientID = spec.patient_id
    base.PatientBirthDate = ""
    base.PatientSex = {"female": "F", "male": "M"}[spec.sex]
    base.PatientAge = f"{spec.age_years:03d}Y"
    base.PatientSize = f"{spec.height_cm / 100:.2f}"
    base.PatientWeight = f"{spec.weight_kg:.1f}"
    base.PatientIdentityRemoved = "YES"
    base.DeidentificationMethod = DEIDENTIFICATION
    base.LongitudinalTemporalInformationModified = "UNMODIFIED"
    base.StudyDescription = f"{NOTE} PET/CT {spec.tracer}"
    base.ImageComments = f"{NOTE}: made by a program from an invented phantom. No patient exists, no clinical claim."
    base.InstitutionName = "Synthetic"
    base.SoftwareVersions = "sample data 1"
    base.BurnedInAnnotation = "NO"
    base.AccessionNumber = base.ReferringPhysicianName = ""
    base.StudyID = spec.patient_id
    base.BodyPartExamined = "WHOLEBODY"
    base.PatientPosition = "HFS"
    base.PositionReferenceIndicator = ""
    base.ImageOrientationPatient = ["1", "0", "0", "0", "1", "0"]


def add_times(base: Dataset, spec: StudySpec, started_at: datetime) -> None:
    """When: the study starts three minutes before the PET; a series at its own first moment."""
    study_at = spec.injected_at + timedelta(minutes=spec.uptake_minutes - 3)
    made_at = started_at + timedelta(minutes=40)
    base.StudyDate, base.StudyTime = _date(study_at), _time(study_at)
    base.SeriesDate, base.SeriesTime = _date(started_at), _time(started_at)
    base.AcquisitionDate, base.AcquisitionTime = _date(started_at), _time(started_at)
    base.ContentDate, base.ContentTime = _date(made_at), _time(made_at)
    base.InstanceCreationDate, base.InstanceCreationTime = _date(made_at), _time(made_at)


def add_pixels(base: Dataset, pixel_representation: int) -> None:
    base.SamplesPerPixel = 1
    base.PhotometricInterpretation = "MONOCHROME2"
    base.BitsAllocated, base.BitsStored, base.HighBit = 16, 16, 15
    base.PixelRepresentation = pixel_representation
    base.RescaleIntercept = "0"


def add_pet_series(base: Dataset, spec: StudySpec, scanner: Scanner, started_at: datetime, volume: Volume) -> None:
    """The PET modules that are the same for all slices (PS3.3 C.8.9)."""
    add_times(base, spec, started_at)
    add_pixels(base, scanner.pixel_representation)
    base.Modality = "PT"
    base.SeriesNumber = 2
    base.SeriesDescription = f"PET AC {spec.tracer} {NOTE}"
    base.ImageType = ["ORIGINAL", "PRIMARY"]
    base.SeriesType = ["WHOLE BODY", "IMAGE"]
    base.Units = scanner.units
    base.CountsSource = "EMISSION"
    base.NumberOfSlices = len(volume.values)
    base.CorrectedImage = CORRECTIONS[scanner.private]
    base.DecayCorrection = "START"
    base.CollimatorType = "NONE"
    base.AttenuationCorrectionMethod = "CT-derived mu map"
    base.ScatterCorrectionMethod = "Model-based"
    base.RandomsCorrectionMethod = "DLYD"
    base.ReconstructionMethod = scanner.reconstruction
    base.ReconstructionDiameter = f"{scanner.pet_matrix * scanner.pet_pixel_mm:g}"
    base.ConvolutionKernel = f"Gaussian {scanner.pet_fwhm_mm:g} mm"
    base.ActualFrameDuration = int(scanner.frame_seconds * 1000)
    base.LossyImageCompression = "00"
    base.RadiopharmaceuticalInformationSequence = [_radiopharmaceutical(spec, scanner)]
    _add_orientation(base)


def _add_orientation(base: Dataset) -> None:
    """Supine, head first, as codes: the standard forbids PatientPosition beside them."""
    del base.PatientPosition
    base.PatientOrientationCodeSequence = [_code(("102538003", "SCT", "recumbent"))]
    base.PatientOrientationCodeSequence[0].PatientOrientationModifierCodeSequence = [
        _code(("40199007", "SCT", "supine"))
    ]
    base.PatientGantryRelationshipCodeSequence = [_code(("102540008", "SCT", "headfirst"))]


def add_vendor_series(base: Dataset, scanner: Scanner, started_at: datetime, becquerel_per_suv: float) -> None:
    """The private elements by which each maker says when activity is referenced to, or what a count is worth.

    GE (0009,100D) and Siemens (0071,1022) hold the reference time; Philips (7053,1000) the SUV of one count and
    (7053,1009) the Bq/ml of one count.
    """
    group, creator = PRIVATE[scanner.private]
    block = base.private_block(group, creator, create=True)
    moment = f"{started_at:%Y%m%d%H%M%S}.00"
    if scanner.private == "GE":
        block.add_new(0x0D, "DT", moment)
    elif scanner.private == "SIEMENS":
        block.add_new(0x22, "DT", moment)
    else:
        block.add_new(0x00, "DS", f"{scanner.activity_per_count / becquerel_per_suv:.8e}")
        block.add_new(0x09, "DS", f"{scanner.activity_per_count:.6f}")


def add_ct_series(base: Dataset, spec: StudySpec, started_at: datetime, volume: Volume) -> None:
    """The CT modules that are the same for all slices (PS3.3 C.8.2)."""
    add_times(base, spec, started_at)
    add_pixels(base, 0)
    base.Modality = "CT"
    base.SeriesNumber = 1
    base.AcquisitionNumber = 1
    base.SeriesDescription = f"CT low dose for PET {NOTE}"
    base.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    base.RescaleIntercept, base.RescaleSlope, base.RescaleType = "-1024", "1", "HU"
    base.KVP = "120"
    base.ConvolutionKernel = "STANDARD"
    base.ReconstructionDiameter = f"{volume.spacing_mm[0] * volume.values.shape[2]:g}"
    base.WindowCenter, base.WindowWidth = "40", "400"


def _radiopharmaceutical(spec: StudySpec, scanner: Scanner) -> Dataset:
    item = Dataset()
    item.Radiopharmaceutical = spec.tracer
    item.RadiopharmaceuticalRoute = "Intravenous"
    item.AdministrationRouteCodeSequence = [_code(INTRAVENOUS)]
    item.RadiopharmaceuticalStartTime = _time(spec.injected_at)
    if scanner.clock == "DT":
        item.RadiopharmaceuticalStartDateTime = f"{spec.injected_at:%Y%m%d%H%M%S}.00"
    item.RadionuclideTotalDose = f"{spec.dose_mbq * 1e6:.0f}"
    item.RadionuclideHalfLife = f"{scanner.half_life_s:g}"
    item.RadionuclidePositronFraction = "0.8914"
    item.RadionuclideCodeSequence = [_code(GALLIUM_68)]
    if spec.tracer in AGENTS:
        item.RadiopharmaceuticalCodeSequence = [_code(AGENTS[spec.tracer])]
    return item


def _code(code: Code) -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = code
    return item


def _date(moment: datetime) -> str:
    return f"{moment:%Y%m%d}"


def _time(moment: datetime) -> str:
    return f"{moment:%H%M%S}.00"
