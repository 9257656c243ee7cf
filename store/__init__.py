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
from store.trial_records import AdverseEvent, DataQuery, Deviation, QueryNote, ScreenedPerson, Snapshot
from store.trial_rows import TrialRecords
from store.trial_store import TrialStore

__all__ = [
    "AdverseEvent",
    "Change",
    "CorrectionRecord",
    "DataQuery",
    "Deviation",
    "ImageRecord",
    "MeasurementRecord",
    "Patient",
    "QueryNote",
    "ReadRecord",
    "ReferenceDiagnosis",
    "ReferenceRegion",
    "ScreenedPerson",
    "SeriesRecord",
    "Snapshot",
    "Store",
    "StoreError",
    "TrialRecords",
    "TrialStore",
    "UnknownPatient",
    "WorklistRow",
    "data_folder",
    "open_store",
    "read_secret",
]
