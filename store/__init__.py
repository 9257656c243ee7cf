"""The database: patients, results, series, measurements, reads and reference diagnoses. Only this package imports SQLAlchemy."""
