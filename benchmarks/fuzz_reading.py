"""Damaged DICOM files by the thousand: is each read right or refused in a sentence, in time and in little memory?

Prints JSON with counts, and every file that was neither (give its number to --only to see it again). Each is read in a
process of its own that is started anew when it falls; the damage depends on the seed and the file's number alone.
"""

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from select import select
from typing import Any

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))
SHARED = PROJECT.parent / "shared"
MOST_SECONDS, MOST_MB, HANGS_AFTER = 2.0, 1024, 60.0
SHOWN = 40


def write_files(folder: Path, files: Any) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(files):
        (folder / f"{number}.dcm").write_bytes(data)
    return folder


def judge_all(first: int, last: int, seed: int) -> Iterator[dict[str, Any]]:
    """Each damaged file from `first` up to `last`: what was done, what came of it."""
    from benchmarks.parts.mutations import mutate
    from benchmarks.parts.reading_judge import judge, keep_unpacker, read_sound
    from benchmarks.parts.seeds import list_seeds

    warnings.simplefilter("ignore")
    keep_unpacker()
    with tempfile.TemporaryDirectory() as name:
        seeds = list_seeds(SHARED)
        sound = [read_sound(write_files(Path(name) / "sound" / str(n), one.files)) for n, one in enumerate(seeds)]
        limit_memory()
        for number in range(first, last):
            chance = random.Random(seed * 1_000_003 + number)
            which = chance.randrange(len(seeds))
            said, files = mutate(list(seeds[which].files), chance)
            folder = write_files(Path(name) / "damaged", files)
            yield {"number": number, "damage": f"{seeds[which].name}: {said}", "begun": True}
            verdict = judge(folder, sound[which])
            for file in folder.iterdir():
                file.unlink()
            faults = [*verdict.faults, *question_cost(verdict.seconds, verdict.peak_mb)]
            yield {"number": number, "outcome": verdict.outcome, "faults": faults, "seconds": round(verdict.seconds, 3),
                   "peak_mb": round(verdict.peak_mb)}  # fmt: skip


def limit_memory() -> None:
    """One gigabyte of addresses above what the imports take; asking for more fails instead of filling the computer."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    most = pages * resource.getpagesize() + MOST_MB * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def question_cost(seconds: float, peak_mb: float) -> list[str]:
    slow = [f"took {seconds:.1f} s"] if seconds > MOST_SECONDS else []
    return slow + ([f"needed {peak_mb:.0f} MB"] if peak_mb > MOST_MB else [])


def run_apart(files: int, seed: int) -> Iterator[dict[str, Any]]:
    """Verdicts on all files; a process that falls or hangs is itself the verdict, and the next one goes on."""
    first = 0
    while first < files:
        command = [sys.executable, __file__, "--worker", str(first), "--files", str(files), "--seed", str(seed)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as worker:
            last: dict[str, Any] = {}
            for line in lines_in_time(worker):
                found = json.loads(line)
                if found.get("begun"):
                    last = found
                else:
                    yield {**last, **found}
                    last, first = {}, found["number"] + 1
            worker.kill()
        if first < files and not last:
            raise SystemExit(f"The reading process ended before file {first} with status {worker.returncode}.")
        if last:
            fault = f"the process hung or fell (status {worker.returncode})"
            yield {**last, "outcome": "crashed", "faults": [fault], "seconds": 0.0, "peak_mb": 0}
            first = last["number"] + 1


def lines_in_time(worker: Any) -> Iterator[str]:
    """Lines of a process until it ends or says nothing for long; the first one may wait for the imports."""
    patience = 10 * HANGS_AFTER
    while select([worker.stdout], [], [], patience)[0]:
        line = worker.stdout.readline()
        if not line:
            return
        patience = HANGS_AFTER
        yield line


def summarise(files: int, seed: int) -> dict[str, Any]:
    outcomes: Counter[str] = Counter()
    faulty: list[dict[str, Any]] = []
    slowest, peak = 0.0, 0
    for found in run_apart(files, seed):
        outcomes[found["outcome"]] += 1
        slowest, peak = max(slowest, found["seconds"]), max(peak, found["peak_mb"])
        if found["faults"]:
            faulty.append({key: found[key] for key in ("number", "damage", "faults")})
    return {
        "benchmark": "fuzz_reading",
        "files": files,
        "seed": seed,
        "outcomes": dict(outcomes),
        "slowest_seconds": slowest,
        "peak_mb": peak,
        "faulty": len(faulty),
        "first_faulty": faulty[:SHOWN],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int, help="judge this one file, in this process")
    parser.add_argument("--worker", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.worker is None and asked.only is None:
        print(json.dumps(summarise(asked.files, asked.seed), indent=1))
        return
    first, last = (asked.only, asked.only + 1) if asked.only is not None else (asked.worker, asked.files)
    for found in judge_all(first, last, asked.seed):
        print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main()
