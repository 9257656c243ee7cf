"""The database: patients, cases, images, reads and reference diagnoses. Only this package imports SQLAlchemy."""

from store.engine import data_folder
from store.records import (
    Change,
    CorrectionRecord,
    ImageRecord,
    MeasurementRecord,
    Patient,
    ReadRecord,
    ReferenceDiagnosis,
    ReferenceRegion,
    SeriesRecord,
    StoreError,
    UnknownPatient,
    WorklistRow,
)
from store.secret import read_secret
from store.store import Store, open_store

__all__ = [
    "Change",
    "CorrectionRecord",
    "ImageRecord",
    "MeasurementRecord",
    "Patient",
    "ReadRecord",
    "ReferenceDiagnosis",
    "ReferenceRegion",
    "SeriesRecord",
    "Store",
    "StoreError",
    "UnknownPatient",
    "WorklistRow",
    "data_folder",
    "open_store",
    "read_secret",
]
