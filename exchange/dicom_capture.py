"""A key picture as a DICOM Secondary Capture in colour, with what it may be used for written on it."""

from dataclasses import dataclass
from io import BytesIO
from typing import Any

from PIL import Image, ImageDraw
from pydicom.dataset import Dataset
from pydicom.uid import SecondaryCaptureImageStorage

from exchange.dicom_object import begin_object
from exchange.dicom_source import SourceImages
from exchange.lesion import SYNTHETIC_NOTE, Stamp
from imaging.annotate import font

SERIES_NUMBER = 7004
_STRIP_PX, _LETTERS_PX = 22, 13
_RESEARCH = "Research use only"


@dataclass(frozen=True)
class KeyImage:
    """An encoded picture (JPEG or PNG), what it shows in words, and the source slice it is of (None: of several)."""

    data: bytes
    says: str
    slice_number: int | None = None


def label_picture(data: bytes, stamp: Stamp) -> bytes:
    """The picture as PNG with a strip below it: research use only, and synthetic where it is."""
    picture = _label(data, stamp)
    buffer = BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


def write_capture(key: KeyImage, source: SourceImages, stamp: Stamp) -> Dataset:
    """The picture as a Secondary Capture of the source's patient and study, 8 bit RGB.

    The picture carries no name and no date, so BurnedInAnnotation is NO; it does carry the strip of `label_picture`. A
    JPEG stays marked as lossy.
    """
    picture = _label(key.data, stamp)
    dataset: Any = begin_object(SecondaryCaptureImageStorage, "OT", source, stamp, "PET key image")
    dataset.SeriesNumber = SERIES_NUMBER
    dataset.ConversionType = "WSD"
    dataset.SecondaryCaptureDeviceManufacturer = dataset.Manufacturer
    dataset.SecondaryCaptureDeviceManufacturerModelName = dataset.ManufacturerModelName
    dataset.SecondaryCaptureDeviceSoftwareVersions = dataset.SoftwareVersions
    dataset.DateOfSecondaryCapture, dataset.TimeOfSecondaryCapture = stamp.date, stamp.time
    dataset.ContentDate, dataset.ContentTime = stamp.date, stamp.time
    dataset.ImageType = ["DERIVED", "SECONDARY"]
    dataset.DerivationDescription = key.says[:1024]
    dataset.ImageComments = stamp.note
    dataset.ContentQualification = "RESEARCH"
    dataset.PatientOrientation = dataset.Laterality = ""
    dataset.BurnedInAnnotation = "NO"
    dataset.RecognizableVisualFeatures = "NO"
    if key.slice_number is not None:
        dataset.SourceImageSequence = [_refer(source, key.slice_number)]
    _add_pixels(dataset, picture)
    _mark_lossy(dataset, key.data, picture)
    return dataset


def _label(data: bytes, stamp: Stamp) -> Image.Image:
    picture = Image.open(BytesIO(data)).convert("RGB")
    labelled = Image.new("RGB", (picture.width, picture.height + _STRIP_PX), "#FFFFFF")
    labelled.paste(picture, (0, 0))
    words = f"{SYNTHETIC_NOTE} - {_RESEARCH}" if stamp.synthetic else _RESEARCH
    place = (picture.width / 2, picture.height + _STRIP_PX / 2)
    ImageDraw.Draw(labelled).text(place, words, fill="#1F2933", font=font(_LETTERS_PX), anchor="mm")
    return labelled


def _refer(source: SourceImages, number: int) -> Dataset:
    header, item = source.series.headers[number], Dataset()
    item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = header.sop_class, header.sop_instance
    return item


def _add_pixels(dataset: Any, picture: Image.Image) -> None:
    dataset.SamplesPerPixel, dataset.PlanarConfiguration = 3, 0
    dataset.PhotometricInterpretation = "RGB"
    dataset.Rows, dataset.Columns = picture.height, picture.width
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = 8, 8, 7, 0
    pixels = picture.tobytes()
    dataset.add_new(0x7FE00010, "OB", pixels + b"\0" * (len(pixels) % 2))


def _mark_lossy(dataset: Any, data: bytes, picture: Image.Image) -> None:
    """Pixels that were a JPEG once are lossy for ever after (PS3.3 C.7.6.1.1.5)."""
    if not data.startswith(b"\xff\xd8"):
        dataset.LossyImageCompression = "00"
        return
    dataset.LossyImageCompression = "01"
    dataset.LossyImageCompressionRatio = f"{picture.width * picture.height * 3 / len(data):.2f}"
    dataset.LossyImageCompressionMethod = "ISO_10918_1"
