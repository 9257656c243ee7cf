"""Damage for DICOM files: single elements that are absent, absurd or of another kind, and bytes that are not as written."""

import random
import struct
from collections.abc import Callable
from io import BytesIO

import pydicom
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.tag import BaseTag, Tag

NUMBERS = (
    "0", "-1", "1", "1e308", "-1e308", "1e-308", "1e400", "nan", "inf", "abc", "", " 70 ", "70\\71", "7,0", "0x46",
    "9" * 40, "1_000", "70000", "1.7", "170", "4057.7", "6586.2", "109.77", "350", "3.5e8", "150000", "0.5", "60000",
    "-120000", "1.0005", "2.5", "1e6", "86400000", "99999999999",
)  # fmt: skip
TIMES = (
    "000000", "235959.999999", "240000", "250000", "999999", "0959", "09:59:00", "095900.1234567", "-1", "", "10", "noon",
    "103015\\103016", "110000", "100000.00 ", "120000", "030000", "1", "105960",
)  # fmt: skip
DATES = ("20260230", "00010101", "99991231", "2026.03.02", "", "19000101", "20260303", "20250101", "20000907", "2026")
OFFSETS = ("", "+0200", "-0500", "+9900", "&0000", "+00:00", "Z", "-1400")
WORDS = (
    "START", "ADMIN", "NONE", "start ", "", "BOGUS", "BQML", "GML", "CNTS", "CM2ML", "PROPCPS", "BW", "LBM", "BSA", "IBW",
    "LBMJANMA", "M", "F", "O", "X", "DECY\\ATTN", "ATTN", "DECY", "ATTN\\DECAY", "WHOLEBODY\\REPROJECTION", "MIP",
    "GE MEDICAL SYSTEMS", "SIEMENS", "+0200", "PT", "CT", "DERIVED\\SECONDARY\\MIP",
)  # fmt: skip
KEYWORDS = (
    "PatientWeight", "PatientSize", "PatientSex", "Units", "SUVType", "DecayCorrection", "CorrectedImage", "SeriesDate",
    "SeriesTime", "AcquisitionDate", "AcquisitionTime", "AcquisitionDateTime", "FrameReferenceTime",
    "ActualFrameDuration", "DecayFactor", "RescaleSlope", "RescaleIntercept", "Manufacturer", "SeriesType", "ImageType",
    "TimezoneOffsetFromUTC", "SOPClassUID", "Modality", "Rows", "Columns", "BitsAllocated", "PixelRepresentation",
    "SamplesPerPixel", "NumberOfFrames", "ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing",
    "SeriesInstanceUID", "PatientID", "SpecificCharacterSet", "SeriesDescription", "ImageIndex", "NumberOfSlices",
    "TriggerTime", "TemporalPositionIdentifier", "PatientName", "InstanceNumber", "SliceThickness",
)  # fmt: skip
ITEM_KEYWORDS = (
    "RadionuclideTotalDose", "RadionuclideHalfLife", "RadiopharmaceuticalStartTime",
    "RadiopharmaceuticalStartDateTime", "Radiopharmaceutical", "RadionuclideCodeSequence",
)  # fmt: skip
PRIVATE = ((0x0071, "SIEMENS MED PT", 0x22), (0x0009, "GEMS_PETD_01", 0x0D), (0x7053, "Philips PET Private Group", 0x00),
           (0x7053, "Philips PET Private Group", 0x09))  # fmt: skip
KINDS = ("DS", "LO", "UN", "OB", "US", "FD", "IS", "SQ", "UI", "TM")
SEQUENCE = "RadiopharmaceuticalInformationSequence"
Files = list[bytes]


def mutate(files: Files, chance: random.Random) -> tuple[str, Files]:
    """The files of a series with one or two things damaged, and what was done in a few words."""
    ways: tuple[Callable[[Files, random.Random], tuple[str, Files]], ...] = (mutate_elements, mutate_bytes)
    way = ways[chance.random() < 0.4]
    said, files = way(list(files), chance)
    if chance.random() < 0.15:
        more, files = way(files, chance)
        said = f"{said}; {more}"
    return said, files


def mutate_elements(files: Files, chance: random.Random) -> tuple[str, Files]:
    """One element changed on every slice, or on one alone."""
    keyword = chance.choice((*KEYWORDS, *ITEM_KEYWORDS * 3, SEQUENCE, SEQUENCE, "private", "private", "any"))
    way, seed = chance.choice((drop, write, write, write, write, change_kind, repeat)), chance.random()
    which = range(len(files)) if chance.random() < 0.7 else [chance.randrange(len(files))]
    said = f"{way.__name__} {keyword} on {len(which)}"
    for number in which:
        again = random.Random(seed)
        try:
            dataset = pydicom.dcmread(BytesIO(files[number]), force=True)
            said = f"{way.__name__} {change(dataset, keyword, way, again)} on {len(which)}"
            files[number] = written(dataset)
        except Exception:  # what pydicom cannot write is no file to read; the bytes are damaged elsewhere
            continue
    return said, files


Way = Callable[[Dataset, BaseTag, random.Random], str]


def change(dataset: Dataset, keyword: str, way: Way, chance: random.Random) -> str:
    if keyword == "private":
        group, owner, offset = chance.choice(PRIVATE)
        block = dataset.private_block(group, owner, create=True)
        block.add_new(offset, "LO", "1")
        if chance.random() < 0.3:
            del dataset[group, 0x10]
        return f"private {group:04x} {way(dataset, block.get_tag(offset), chance)}"
    place = dataset
    if keyword in ITEM_KEYWORDS and dataset.get(SEQUENCE):
        place = dataset[SEQUENCE].value[0]
    tag = chance.choice(list(dataset.keys())) if keyword == "any" else Tag(keyword)
    return f"{keyword} {way(place, tag, chance)}"


def drop(dataset: Dataset, tag: BaseTag, chance: random.Random) -> str:
    dataset.pop(tag, None)
    return ""


def write(dataset: Dataset, tag: BaseTag, chance: random.Random) -> str:
    """Other bytes under the same tag and kind, as they would lie in the file."""
    kind = dataset[tag].VR if tag in dataset else pydicom.datadict.dictionary_VR(tag)
    shown = any_value(kind, chance)
    raw(dataset, tag, kind, shown)
    return repr(shown[:40])


def change_kind(dataset: Dataset, tag: BaseTag, chance: random.Random) -> str:
    kind = chance.choice(KINDS)
    old = dataset.get_item(tag)
    kept = old.value if isinstance(old, RawDataElement) and isinstance(old.value, bytes) else b"70"
    raw(dataset, tag, kind, kept)
    return kind


def repeat(dataset: Dataset, tag: BaseTag, chance: random.Random) -> str:
    """A sequence with one more item, or none; another element's value twice."""
    element = dataset[tag]
    if element.VR != "SQ":
        shown = str(element.value).encode()
        raw(dataset, tag, element.VR, shown + b"\\" + shown)
        return "twice"
    items = list(element.value)
    more = pydicom.dataset.Dataset(items[0]) if items else Dataset()
    if chance.random() < 0.7:
        more.RadionuclideTotalDose = chance.choice((100e6, 150e6, 370e6))
    element.value = [*items, more] if chance.random() < 0.7 else []
    return f"{len(element.value)} items"


def any_value(kind: str, chance: random.Random) -> bytes:
    if kind in ("US", "SS"):
        return struct.pack("<H", chance.choice((0, 1, 2, 3, 4, 8, 15, 16, 32, 64, 255, 4096, 65535)))
    by_kind = {"DS": NUMBERS, "IS": NUMBERS, "TM": TIMES, "DA": DATES}
    if kind == "DT":
        return (chance.choice(DATES) + chance.choice(TIMES) + chance.choice(OFFSETS)).encode()
    if chance.random() < 0.1:
        return bytes(chance.randrange(256) for _ in range(chance.randrange(20)))
    return chance.choice(by_kind.get(kind, WORDS) if chance.random() < 0.9 else NUMBERS + TIMES + WORDS).encode()


def raw(dataset: Dataset, tag: BaseTag, kind: str, shown: bytes) -> None:
    shown += b" " * (len(shown) % 2)
    implicit, little = dataset.original_encoding
    dataset[tag] = RawDataElement(tag, kind, len(shown), shown, 0, bool(implicit), little is not False)


def written(dataset: Dataset) -> bytes:
    buffer = BytesIO()
    pydicom.dcmwrite(buffer, dataset)
    return buffer.getvalue()


def mutate_bytes(files: Files, chance: random.Random) -> tuple[str, Files]:
    """Bytes of one file that are not as they were written."""
    which = chance.randrange(len(files))
    way = chance.choice((flip, flip, cut, erase, insert, lie_about_length, lie_about_length, claim_gigabytes))
    said, data = way(bytearray(files[which]), chance)
    files[which] = bytes(data)
    return said, files


def place_in(data: bytearray, chance: random.Random) -> int:
    """More often in the header than in the pixels."""
    most = len(data) if chance.random() < 0.2 else min(len(data), 4096)
    return chance.randrange(max(most, 1))


def flip(data: bytearray, chance: random.Random) -> tuple[str, bytearray]:
    count = chance.choice((1, 1, 1, 2, 4, 8, 64))
    for _ in range(count):
        data[place_in(data, chance)] ^= 1 << chance.randrange(8)
    return f"flip {count}", data


def cut(data: bytearray, chance: random.Random) -> tuple[str, bytearray]:
    at = place_in(data, chance)
    return f"cut at {at}", data[:at]


def erase(data: bytearray, chance: random.Random) -> tuple[str, bytearray]:
    at, length = place_in(data, chance), chance.choice((2, 4, 8, 100))
    data[at : at + length] = bytes(length)
    return f"erase {length} at {at}", data


def insert(data: bytearray, chance: random.Random) -> tuple[str, bytearray]:
    at, more = place_in(data, chance), bytes(chance.randrange(256) for _ in range(chance.choice((1, 2, 8, 200))))
    return f"insert {len(more)} at {at}", data[:at] + more + data[at:]


def lie_about_length(data: bytearray, chance: random.Random) -> tuple[str, bytearray]:
    """The length of an element that is there, made to claim anything."""
    kinds = (b"DS", b"TM", b"LO", b"SQ", b"CS", b"UI", b"US", b"OW", b"DA", b"UN")
    places = [at for kind in kinds if (at := data.find(kind, 132 + chance.randrange(2000))) > 0]
    at = chance.choice(places) + 2 if places else place_in(data, chance)
    lie = struct.pack("<I", chance.choice((0xFFFFFFFF, 0x7FFFFFFE, 0x80000000, 0xFFFE, 3, 0, 0x7FFFFFFF)))
    data[at : at + 4] = lie
    return f"length {lie.hex()} at {at}", data


def claim_gigabytes(data: bytearray, chance: random.Random) -> tuple[str, bytearray]:
    """Rows and columns of 65,535, a thousand frames, and a length of 2 GB before the few pixels there are."""
    try:
        dataset = pydicom.dcmread(BytesIO(bytes(data)), force=True)
        dataset.Rows = dataset.Columns = chance.choice((16384, 65535))
        dataset.NumberOfFrames = chance.choice((1, 1, 1000, 2**31 - 1))
        data = bytearray(written(dataset))
    except Exception:  # see above
        return "gigabytes not written", data
    at = data.rfind(b"\xe0\x7f\x10\x00")
    if at > 0 and chance.random() < 0.7:
        data[at + 8 : at + 12] = struct.pack("<I", 0x7FFFFFFE)
    return "gigabytes", data
