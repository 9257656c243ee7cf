"""`python -m imaging inspect PATH`, `… measure PATH --series UID --at X,Y,Z` or `… deidentify PATH FOLDER --pseudonym P017`.

JSON on standard output. Exit status 0, or 2 with one sentence on standard error when nothing could be done.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any, NoReturn

USAGE_ERROR = 2


class _OneSentence(argparse.ArgumentParser):
    """Says what is wrong with a command in one sentence."""

    def error(self, message: str) -> NoReturn:
        sys.stderr.write(f"{message[:1].upper()}{message[1:]}; see python -m imaging --help.\n")
        raise SystemExit(USAGE_ERROR)


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; returns the exit status."""
    options = _read_options(arguments)
    from imaging.problem import ImagingError

    try:
        document, status = options.command(options)
    except (ImagingError, OSError, MemoryError) as error:
        sys.stderr.write(f"{error or 'There is not enough memory to read this study.'}\n")
        return USAGE_ERROR
    sys.stdout.write(json.dumps(document, indent=1, allow_nan=False) + "\n")
    return int(status)


def _read_options(arguments: list[str] | None) -> argparse.Namespace:
    parser = _OneSentence(
        prog="python -m imaging", description="Reads PET and CT studies, measures uptake, removes names."
    )
    commands = parser.add_subparsers(required=True, metavar="inspect|measure|deidentify")
    inspect = commands.add_parser("inspect", help="list the series under a path, with SUV factors and problems")
    inspect.add_argument("path", type=Path, help="a folder, a zip or one DICOM file")
    inspect.set_defaults(command=_inspect)
    measure = commands.add_parser("measure", help="measure the lesion under a point")
    measure.add_argument("path", type=Path, help="a folder, a zip or one DICOM file")
    measure.add_argument("--series", required=True, metavar="UID", help="Series Instance UID, as inspect prints it")
    measure.add_argument("--at", required=True, type=_point, metavar="X,Y,Z", help="millimetres, patient axes (LPS)")
    measure.add_argument("--threshold", default="41%", help="a share of SUVmax (41%%), SUV:4.0, or liver")
    measure.add_argument("--liver", type=_point, metavar="X,Y,Z", help="a point in the right lobe of the liver")
    measure.set_defaults(command=_measure)
    _add_deidentify(commands.add_parser("deidentify", help="copy a study without what names the patient"))
    return parser.parse_args(_join_points(sys.argv[1:] if arguments is None else arguments))


def _add_deidentify(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("path", type=Path, help="a folder, a zip or one DICOM file")
    parser.add_argument("folder", type=Path, help="a new folder for the copy")
    parser.add_argument("--pseudonym", required=True, help="the patient's name in the trial, such as P017")
    parser.add_argument("--seed", help="your secret: with the same one, a patient's dates move and UIDs change alike")
    parser.set_defaults(command=_deidentify)


def _join_points(arguments: list[str]) -> list[str]:
    """`--at -12,3,4` as `--at=-12,3,4`: a point may begin with a minus sign."""
    joined: list[str] = []
    for word in arguments:
        if joined and joined[-1] in ("--at", "--liver") and word[:1] == "-" and word[1:2].isdigit():
            joined[-1] += f"={word}"
        else:
            joined.append(word)
    return joined


def _point(text: str) -> tuple[float, float, float]:
    import math

    try:
        x, y, z = (float(part) for part in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a point; write X,Y,Z in millimetres") from None
    if not all(map(math.isfinite, (x, y, z))):
        raise argparse.ArgumentTypeError(f"{text!r} is not a point; write X,Y,Z in millimetres")
    return x, y, z


def _inspect(options: argparse.Namespace) -> tuple[dict[str, Any], int]:
    from imaging.dicom import StudyError, read_study
    from imaging.inspection import write_inspection, write_refusal

    try:
        study = read_study(options.path)
    except StudyError as refusal:
        sys.stderr.write(f"{refusal}\n")
        return write_refusal(options.path, refusal), USAGE_ERROR
    document = write_inspection(study)
    if not study.series:
        because = study.rejected[0].because if len(study.rejected) == 1 else "no file in it is a DICOM image"
        sys.stderr.write(f"Nothing could be read from {options.path}: {because}\n")
    return document, 0 if study.series else USAGE_ERROR


def _measure(options: argparse.Namespace) -> tuple[dict[str, Any], int]:
    from imaging.dicom import read_study
    from imaging.inspection import measure_series, write_measurement

    study = read_study(options.path)
    measurement = measure_series(study, options.series, options.at, options.threshold, options.liver)
    return write_measurement(measurement), 0


def _deidentify(options: argparse.Namespace) -> tuple[dict[str, Any], int]:
    import secrets

    from imaging.deidentify import deidentify_study

    secret = secrets.token_hex(16) if options.seed is None else options.seed
    copy = deidentify_study(options.path, options.pseudonym, secret, options.folder)
    unseeded = "No --seed was given: another study of this patient will not match this one in dates and UIDs."
    document = {
        "folder": str(options.folder),
        "files": len(copy.files),
        "date_offset_days": copy.date_offset_days,
        "kept": list(copy.kept),
        "removed": list(copy.removed),
        "warnings": [*copy.warnings, *([unseeded] if options.seed is None else [])],
    }
    return document, 0


if __name__ == "__main__":
    raise SystemExit(main())
