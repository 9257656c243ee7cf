"""`python -m sample_data prepare|studies|cohort`: make the synthetic trial, its DICOM studies, or print its cases."""

import argparse
import json
import sys
from pathlib import Path

from tqdm import tqdm

from sample_data.ready import find_data_folder, find_ready


class Bar:
    """One line of progress whose total is known from the first step."""

    def __init__(self, says: str) -> None:
        self._bar = tqdm(desc=says, unit=" steps", total=None, dynamic_ncols=True, disable=not sys.stderr.isatty())

    def __call__(self, done: int, total: int) -> None:
        self._bar.total = total
        self._bar.update(done - self._bar.n)

    def close(self) -> None:
        self._bar.close()


def main(arguments: list[str] | None = None) -> int:
    """Exit status 0; 1 when something cannot be made; 130 when interrupted."""
    chosen = _read_arguments(arguments)
    ready = find_ready(find_data_folder())
    if chosen.command == "prepare" and ready and not chosen.force:
        print(_say_prepared("was ready", ready.synthetic_patients, ready.studies))
        return 0
    return _make(chosen)


def _make(chosen: argparse.Namespace) -> int:
    # Loaded only now: at every start of the app `prepare` is asked, and mostly there is nothing to make.
    from imaging.problem import ImagingError
    from sample_data.crew import CrewError
    from sample_data.prepare import PrepareError
    from store import StoreError

    bar = Bar(f"synthetic {chosen.command}")
    try:
        says = {"prepare": _prepare, "studies": _studies, "cohort": _cohort}[chosen.command](chosen, bar)
    except KeyboardInterrupt:
        return _fail(bar, "Stopped; what was half-made will be made again next time.", 130)
    except (PrepareError, CrewError, StoreError, ImagingError, OSError) as error:
        return _fail(bar, str(error), 1)
    bar.close()
    if says:
        print(says)
    return 0


def _say_prepared(state: str, patients: int, studies: int) -> str:
    return f"The synthetic trial {state} in {find_data_folder()}: {patients} patients, {studies} PET/CT studies."


def _read_arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sample_data", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    make = commands.add_parser("prepare", help="put the synthetic trial into the data folder")
    make.add_argument("--force", action="store_true", help="make it again even if it is complete")
    commands.add_parser("studies", help="write the DICOM studies").add_argument("folder", type=Path)
    commands.add_parser("cohort", help="print the cases, one JSON document a line")
    return parser.parse_args(arguments)


def _prepare(chosen: argparse.Namespace, bar: Bar) -> str:
    from sample_data.prepare import prepare

    made = prepare(find_data_folder(), bar, force=chosen.force)
    return _say_prepared("is ready" if made.made else "was ready", made.patients, made.studies)


def _studies(chosen: argparse.Namespace, bar: Bar) -> str:
    from sample_data.crew import work_through
    from sample_data.studies import load_study_specs, make_study

    chosen.folder.mkdir(parents=True, exist_ok=True)
    specs = load_study_specs()
    for done, _ in enumerate(work_through(make_study, specs, chosen.folder), start=1):
        bar(done, len(specs))
    return f"{len(specs)} synthetic PET/CT studies are in {chosen.folder}."


def _cohort(_: argparse.Namespace, bar: Bar) -> str:
    from sample_data.cohort import make_cohort

    bar.close()
    for patient in make_cohort():
        print(json.dumps(patient.case, ensure_ascii=False))
    return ""


def _fail(bar: Bar, says: str, status: int) -> int:
    bar.close()
    print(says, file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
