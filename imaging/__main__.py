"""`python -m imaging inspect PATH` and `… measure PATH --series UID --at X,Y,Z`: JSON on standard output.

Exit status 0, or 2 with one sentence on standard error when nothing could be read or measured.
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
    parser = _OneSentence(prog="python -m imaging", description="Reads PET and CT studies and measures uptake.")
    commands = parser.add_subparsers(required=True, metavar="inspect|measure")
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
    return parser.parse_args(_join_points(sys.argv[1:] if arguments is None else arguments))


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


if __name__ == "__main__":
    raise SystemExit(main())
