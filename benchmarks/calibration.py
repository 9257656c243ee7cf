"""Do the intervals and the sets keep what they promise, when the world is as the knowledge says?

Patients are drawn from the knowledge itself: the phenotype from the prior, the shares of every finding from the counts
behind them (and the prior from its own), the findings from those shares, looked for at random. Their true posterior, under
the very shares they were drawn from, is known. Prints JSON:

- `intervals`: how often the true posterior of each subtype lies in its 95 % interval, over all patients, and over those in
  whom the subtype has at least five per cent;
- `sets`: in how many patients of each subtype the 90 % set holds it (as many patients drawn from every subtype), and the
  mean size of the set;
- `reliability`: the leading subtype's mean probability beside how often it is right, by tenths.

Each share stands with its binomial error. Patients below 18 have likelihoods and priors of their own: --setting child.
"""

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))

CHUNK = 2_000
LIKELY = 0.05
INTERVAL, SET, ERRORS = 0.95, 0.90, 3


def draw_world(n: int, setting: str, generator: Any, *, by_subtype: bool) -> tuple[Any, Any, Any]:
    """Coded patients, their true phenotype numbers, and their true probabilities of every subtype, shape (n, subtypes)."""
    from decision.batch import CodedCases, compute_posteriors, sum_subtypes
    from decision.evidence import load_knowledge
    from decision.posterior import TINY, draw_prior
    from decision.simulate import draw_patients, draw_points, draw_truth, draw_truth_by_subtype

    knowledge = load_knowledge()
    prior, subtypes = draw_prior(setting)[0], len(set(knowledge.subtype_of.values()))
    weight = next(item.n for item in knowledge.settings if item.id == setting)
    draw = draw_truth_by_subtype if by_subtype else draw_truth
    truth = draw(prior, n // subtypes if by_subtype else n, generator)
    cases = draw_patients(truth, prior, find_mode(setting), generator)
    counts = np.tile(prior * weight, (len(truth), 1))
    counts[np.arange(len(truth)), truth] += 1
    own = generator.standard_gamma(counts)
    own_prior = np.maximum(own / own.sum(axis=1, keepdims=True), TINY)
    points = draw_points(cases, truth, generator)
    true = sum_subtypes(compute_posteriors(CodedCases(cases.states, own_prior, cases.mode), points))
    return cases, truth, true


def find_mode(setting: str) -> Any:
    """Children's likelihoods where the setting has an age below which it holds."""
    from decision.evidence import load_knowledge
    from decision.likelihood import Mode

    young = next(item.age_below for item in load_knowledge().settings if item.id == setting)
    return Mode(child=young is not None)


def find_intervals(cases: Any, setting: str) -> tuple[Any, Any]:
    """The engine's intervals, as an assessment gives them: low and high, shape (cases, subtypes)."""
    from decision.evidence import load_knowledge
    from decision.posterior import combine, draw_prior, find_interval, sum_by_subtype, weigh_observations
    from decision.states import load_table

    knowledge, table, prior = load_knowledge(), load_table(cases.mode), draw_prior(setting)
    keys, lows, highs = list(table.numbers), [], []
    for row in cases.states:
        seen = [_show(knowledge.blocks[keys[state][0]], keys[state][1]) for state in row if state]
        belief = combine(prior, weigh_observations(seen, cases.mode))
        low, high = find_interval(belief, knowledge)
        point = np.array([values[0] for values in sum_by_subtype(belief.posterior[:1], knowledge).values()])
        lows.append(np.minimum(low, point))
        highs.append(np.maximum(high, point))
    return np.array(lows), np.array(highs)


def _show(block: Any, state: Any) -> Any:
    """What is seen of a block in this state."""
    from decision.observation import Observation
    from decision.reading import Reading, find_bands

    if isinstance(state, Reading):
        return Observation(block, find_bands(block, state.low, state.high), "", reading=state)
    return Observation(block, state, "")


def share(hits: Any) -> dict[str, Any]:
    """A share with its binomial error (one standard error)."""
    n, value = int(np.size(hits)), float(np.mean(hits)) if np.size(hits) else float("nan")
    return {"n": n, "share": round(value, 4), "error": round(float(np.sqrt(value * (1 - value) / max(n, 1))), 4)}


def check_intervals(n: int, setting: str, generator: Any) -> dict[str, Any]:
    """Coverage of the intervals over patients drawn by the prior."""
    from decision.batch import compute_posteriors, list_subtypes, sum_subtypes

    covered, likely = [], []
    for start in range(0, n, CHUNK):
        cases, _, true = draw_world(min(CHUNK, n - start), setting, generator, by_subtype=False)
        low, high = find_intervals(cases, setting)
        covered.append((true >= low) & (true <= high))
        likely.append(sum_subtypes(compute_posteriors(cases)) >= LIKELY)
    hits, often = np.concatenate(covered), np.concatenate(likely)
    table = {
        name: {"all": share(hits[:, number]), "at_least_5_percent": share(hits[often[:, number], number])}
        for number, name in enumerate(list_subtypes())
    }
    return {"together": {"all": share(hits), "at_least_5_percent": share(hits[often])}, "by_subtype": table}


def check_sets(n: int, setting: str, generator: Any) -> dict[str, Any]:
    """Coverage of the sets over as many patients of every subtype; their size also over patients drawn by the prior."""
    from decision.batch import compute_posteriors, list_subtypes, sum_subtypes
    from decision.prediction import choose_sets

    answers = {}
    for by_subtype in (True, False):
        cases, truth, _ = draw_world(n, setting, generator, by_subtype=by_subtype)
        probabilities = sum_subtypes(compute_posteriors(cases))
        chosen = choose_sets(probabilities, setting, cases.mode)
        answers[by_subtype] = (name_truth(truth), probabilities, chosen)
    true, probabilities, chosen = answers[True]
    hits = chosen[np.arange(len(true)), true]
    table = {
        name: share(hits[true == number]) | {"mean_size": round(float(chosen[true == number].sum(axis=1).mean()), 2)}
        for number, name in enumerate(list_subtypes())
    }
    true, probabilities, chosen = answers[False]
    together = share(chosen[np.arange(len(true)), true])
    return {
        "by_subtype": table,
        "by_the_prior": together | {"mean_size": round(float(chosen.sum(axis=1).mean()), 2)},
        "reliability": check_reliability(true, probabilities),
    }


def name_truth(truth: Any) -> Any:
    """Phenotype numbers to subtype numbers."""
    from decision.batch import list_subtypes
    from decision.evidence import load_knowledge

    knowledge = load_knowledge()
    return np.array([list_subtypes().index(knowledge.subtype_of[name]) for name in knowledge.phenotypes])[truth]


def check_reliability(true: Any, probabilities: Any) -> dict[str, Any]:
    """By tenths of the leading probability: what was said, how often it was right; the Brier score over all subtypes."""
    leader, said = probabilities.argmax(axis=1), probabilities.max(axis=1)
    tenths = np.minimum((said * 10).astype(int), 9)
    bins = [
        {"said": round(float(said[tenths == bin_].mean()), 3)} | share(leader[tenths == bin_] == true[tenths == bin_])
        for bin_ in np.unique(tenths)
    ]
    truth = np.zeros(probabilities.shape)
    truth[np.arange(len(true)), true] = 1
    brier = float(((probabilities - truth) ** 2).sum(axis=1).mean())
    return {"leader_right": share(leader == true), "brier": round(brier, 4), "tenths": bins}


def judge(found: dict[str, Any]) -> dict[str, Any]:
    """The subtypes that fall short of a promise by more than three binomial errors; empty lists when it is kept."""

    def short(line: dict[str, Any], promised: float) -> bool:
        return bool(line["share"] < promised - ERRORS * (promised * (1 - promised) / max(line["n"], 1)) ** 0.5)

    intervals, sets = found["intervals"]["by_subtype"], found["sets"]["by_subtype"]
    return {
        "intervals_short_in": [name for name, line in intervals.items() if short(line["all"], INTERVAL)],
        "likely_intervals_short_in": [
            name for name, line in intervals.items() if short(line["at_least_5_percent"], INTERVAL)
        ],
        "sets_short_in": [name for name, line in sets.items() if short(line, SET)],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--patients", type=int, default=10_000)
    parser.add_argument("--setting", default="referred_adult")
    parser.add_argument("--seed", type=int, default=20261125)
    asked = parser.parse_args()
    start, generator = time.perf_counter(), np.random.default_rng(asked.seed)
    found = {
        "benchmark": "calibration",
        "patients": asked.patients,
        "setting": asked.setting,
        "intervals": check_intervals(asked.patients, asked.setting, generator),
        "sets": check_sets(asked.patients, asked.setting, generator),
    }
    found["meets"] = judge(found)
    print(json.dumps(found | {"seconds": round(time.perf_counter() - start, 1)}, indent=2))


if __name__ == "__main__":
    main()
