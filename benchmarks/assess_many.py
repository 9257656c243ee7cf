"""The same patients through this program and through a Bayesian network in pgmpy: the same posteriors, and how fast.

Prints JSON. The network is built from the same knowledge: setting → branch → axis → phenotype → one node a finding. What a
network cannot say is put into its tables openly:

- a finding that counts in part beside others of its group (and whose ratios are capped) is a state of its own, "this band,
  as it counts beside those", with the tempered likelihood as its column, scaled; the rest of the column is "otherwise".
  Only the states that the compared cases hold are in the network;
- a finding valid only within some classes has the same chance in all others, and a node "inside these classes" carries
  virtual evidence that keeps the others where they were: the chance of the findings inside, given what was known before.
  That chance is itself found by exact inference, one query before each such group of findings.

pgmpy answers by exact variable elimination, every query timed: all of them, the last alone (with all evidence and virtual
evidence), and that last one stripped of its virtual evidence, which answers another question but is the fastest pgmpy can
be. It runs in the interpreter of --python, so that its requirements need not be installed here.

Then a million patients in this process, drawn from the knowledge and answered chunk by chunk, with the largest memory used;
and, with --documents, a number of case files read, observed and answered.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))

SETTING, SEED = "referred_adult", 20261124
CHUNK = 20_000
LIMITS = {"times_as_fast": 1000, "difference_from_pgmpy": 1e-9, "difference_from_assess_case": 1e-12, "memory_mb": 1500}


def draw_cases(n: int, seed: int) -> Any:
    """Coded patients of the adult setting."""
    from decision.likelihood import Mode
    from decision.posterior import draw_prior
    from decision.simulate import draw_patients, draw_truth

    generator, prior = np.random.default_rng(seed), draw_prior(SETTING)[0]
    return draw_patients(draw_truth(prior, n, generator), prior, Mode(), generator)


def describe_network() -> dict[str, Any]:
    """Everything the peer needs, as plain numbers: priors, the branches, and the columns of every finding as it may count."""
    from decision.evidence import load_knowledge
    from decision.likelihood import Mode
    from decision.posterior import draw_prior
    from decision.states import load_table

    knowledge, table = load_knowledge(), load_table(Mode())
    settings = [setting.id for setting in knowledge.settings]
    return {
        "settings": settings,
        "setting": settings.index(SETTING),
        "phenotypes": knowledge.phenotypes,
        "prior": [draw_prior(name)[0].tolist() for name in settings],
        "path": [_find_path(name, knowledge.tree) for name in knowledge.phenotypes],
        "findings": {block.id: [] for block in table.blocks},
        "gates": [gate.tolist() for gate in table.gates],
    }


def _find_path(phenotype: str, tree: Any) -> tuple[int, int]:
    """Branch and axis of a phenotype in the tree of classes; axis 0 where the branch has no further one."""
    for branch, node in enumerate(tree):
        if phenotype == node or (not _has_axes(node) and phenotype in node):
            return branch, 0
        if _has_axes(node):
            for axis, part in enumerate(node):
                if phenotype in _list_leaves(part):
                    return branch, axis
    raise LookupError(phenotype)


def _has_axes(node: Any) -> bool:
    return not isinstance(node, str) and any(not isinstance(part, str) for part in node)


def _list_leaves(node: Any) -> list[str]:
    return [node] if isinstance(node, str) else [leaf for part in node for leaf in _list_leaves(part)]


def write_peer_cases(cases: Any, network: dict[str, Any]) -> list[list[list[int]]]:
    """Each case as [finding, state as counted, gate] triples; fills the columns of the network's findings on the way."""
    from decision.states import load_table, weigh_findings

    table, numbers = load_table(cases.mode), {}
    names = list(network["findings"])
    rows, columns = np.nonzero(cases.states)
    states = cases.states[rows, columns]
    counted = weigh_findings(rows, states, table).weigh(table.points[states])
    documents: list[list[list[int]]] = [[] for _ in range(len(cases.states))]
    for row, column, state, column_points in zip(rows, columns, states, counted, strict=True):
        if not column_points.any():
            continue
        key = (int(state), column_points.tobytes())
        if key not in numbers:
            numbers[key] = len(network["findings"][names[column]])
            network["findings"][names[column]].append(column_points.tolist())
        documents[row].append([int(column), numbers[key], int(table.gate[state])])
    return documents


def run_peer(python: str, cases: Any) -> tuple[dict[str, Any] | None, Any, str]:
    """The peer's figures and posteriors; None with the reason when pgmpy is not to be had."""
    network = describe_network()
    network["cases"] = write_peer_cases(cases, network)
    with tempfile.TemporaryDirectory() as folder:
        asked, answered = Path(folder) / "network.json", Path(folder) / "answer.json"
        asked.write_text(json.dumps(network), encoding="utf-8")
        script = PROJECT / "benchmarks" / "parts" / "bayes_network.py"
        done = subprocess.run(
            [python, "-W", "ignore", str(script), str(asked), str(answered)],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            return (
                None,
                None,
                done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "it ended without a word",
            )
        answer = json.loads(answered.read_text(encoding="utf-8"))
    posteriors = np.array(answer.pop("posteriors"))
    return answer, posteriors, ""


def measure_ours(cases: Any, repeats: int) -> tuple[float, Any]:
    """Seconds for all the cases, the fastest of `repeats`, and the posteriors."""
    from decision.batch import compute_posteriors

    best = float("inf")
    for _ in range(repeats):
        start = time.perf_counter()
        posteriors = compute_posteriors(cases)
        best = min(best, time.perf_counter() - start)
    return best, posteriors


def compare_with_peer(n: int, peer_n: int, python: str, repeats: int) -> dict[str, Any]:
    """The first `peer_n` of `n` cases go through pgmpy; its time is scaled to all of them, and says so."""
    from decision.batch import CodedCases

    cases = draw_cases(n, SEED)
    seconds, posteriors = measure_ours(cases, repeats)
    found: dict[str, Any] = {
        "cases": n,
        "findings_per_case": round(float((cases.states > 0).sum(axis=1).mean()), 1),
        "ours": {"seconds": round(seconds, 4), "microseconds_per_case": round(1e6 * seconds / n, 2)},
    }
    sample = CodedCases(cases.states[:peer_n], cases.priors[:peer_n], cases.mode)
    peer, theirs, reason = run_peer(python, sample)
    if peer is None:
        return found | {"pgmpy": f"not compared: {reason}; name an interpreter that has pgmpy with --python"}
    per_case = {name: value / peer_n for name, value in peer["seconds"].items()}
    found["pgmpy"] = {
        "version": peer["version"],
        "cases": peer_n,
        "extrapolated": peer_n < n,
        "states_of_the_largest_finding": peer["states"],
        "queries_per_case": round(peer["queries"] / peer_n, 2),
        "milliseconds_per_case": {name: round(1e3 * value, 3) for name, value in per_case.items()},
    }
    found["times_as_fast"] = {name: round(value * n / seconds) for name, value in per_case.items()}
    found["largest_difference"] = float(np.abs(theirs - posteriors[:peer_n]).max())
    return found


def measure_million(n: int) -> dict[str, Any]:
    """Drawn and answered chunk by chunk; the share of the leading subtype is kept, so that every answer is used."""
    from decision.batch import compute_posteriors, sum_subtypes

    answering, sure = 0.0, 0
    start = time.perf_counter()
    for number in range(0, n, CHUNK):
        cases = draw_cases(min(CHUNK, n - number), SEED + 1 + number)
        begun = time.perf_counter()
        sure += int((sum_subtypes(compute_posteriors(cases)).max(axis=1) > 0.9).sum())
        answering += time.perf_counter() - begun
    return {
        "cases": n,
        "seconds_with_drawing": round(time.perf_counter() - start, 1),
        "seconds_answering": round(answering, 2),
        "share_with_a_leader_above_90_percent": round(sure / n, 3),
        "largest_memory_mb": measure_memory(),
    }


@lru_cache(maxsize=1)
def load_cohort() -> list[dict[str, Any]]:
    """The case files of the synthetic trial."""
    from sample_data.cohort import make_cohort

    return [patient.case for patient in make_cohort()]


def make_documents(n: int) -> Iterator[dict[str, Any]]:
    """Case files: the synthetic trial's patients over and over, each with entries left out at random."""
    cohort, generator = load_cohort(), np.random.default_rng(SEED)
    for number in range(n):
        case = cohort[number % len(cohort)]
        kept = {
            part: [entry for entry in case.get(part, []) if generator.random() < 0.7]
            for part in ("results", "imaging", "context", "signs")
        }
        yield case | kept | {"case_id": f"N{number}"}


def measure_documents(n: int, check: int) -> dict[str, Any]:
    """From case files to subtypes through `assess_many`; the first `check` once more through `assess_case`."""
    from decision.batch import assess_many, list_subtypes
    from decision.case import read_case
    from decision.engine import assess_case

    load_cohort()
    start, answers = time.perf_counter(), []
    for _, probabilities in assess_many(read_case(document) for document in make_documents(n)):
        if sum(map(len, answers)) < check:
            answers.append(probabilities)
    seconds, worst = time.perf_counter() - start, 0.0
    many = np.concatenate(answers) if answers else np.zeros((0, len(list_subtypes())))
    for document, row in zip(make_documents(check), many, strict=False):
        one = {item.subtype: item.probability for item in assess_case(read_case(document)).subtypes}
        worst = max(worst, max(abs(one[name] - float(row[number])) for number, name in enumerate(list_subtypes())))
    return {
        "case_files": n,
        "seconds": round(seconds, 1),
        "microseconds_per_case": round(1e6 * seconds / n, 1),
        "checked_against_assess_case": check,
        "largest_difference": worst,
        "largest_memory_mb": measure_memory(),
    }


def measure_memory() -> float:
    """Largest resident memory of this process so far, MB."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--peer-cases", type=int, default=500, help="how many of them go through pgmpy as well")
    parser.add_argument("--python", default=sys.executable, help="an interpreter that has pgmpy")
    parser.add_argument("--million", type=int, default=1_000_000)
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--check", type=int, default=500, help="how many case files go through assess_case as well")
    parser.add_argument("--repeats", type=int, default=5)
    asked = parser.parse_args()
    found = {
        "benchmark": "assess_many",
        "same_network": compare_with_peer(asked.cases, min(asked.peer_cases, asked.cases), asked.python, asked.repeats),
        "streaming": measure_million(asked.million),
        "case_files": measure_documents(asked.documents, min(asked.check, asked.documents)),
    }
    print(json.dumps(found | {"limits": LIMITS, "meets": judge(found)}, indent=2))


def judge(found: dict[str, Any]) -> dict[str, bool | None]:
    """Each promise kept or not; None where there was nobody to compare with. The last query alone counts, not all of them."""
    peer, compared = found["same_network"], "times_as_fast" in found["same_network"]
    return {
        "times_as_fast": peer["times_as_fast"]["last_query"] >= LIMITS["times_as_fast"] if compared else None,
        "difference_from_pgmpy": peer["largest_difference"] <= LIMITS["difference_from_pgmpy"] if compared else None,
        "difference_from_assess_case": found["case_files"]["largest_difference"]
        <= LIMITS["difference_from_assess_case"],
        "memory_mb": found["streaming"]["largest_memory_mb"] < LIMITS["memory_mb"],
    }


if __name__ == "__main__":
    main()
