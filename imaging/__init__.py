"""DICOM in, SUV volumes, measurements and pictures out; no web page, no database."""
