"""The peer: a Bayesian network in pgmpy, built from plain numbers and asked case by case. Needs numpy and pgmpy only.

python bayes_network.py NETWORK.json ANSWER.json
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pgmpy
from pgmpy.factors.discrete import TabularCPD
from pgmpy.inference import VariableElimination
from pgmpy.models import DiscreteBayesianNetwork

Network = dict[str, Any]


def build(network: Network) -> DiscreteBayesianNetwork:
    """setting → branch → axis → phenotype → findings, and one node for each gate that is not all phenotypes."""
    model = DiscreteBayesianNetwork(
        [("setting", "branch"), ("setting", "axis"), ("branch", "axis"), ("axis", "phenotype")]
    )
    model.add_edges_from([("branch", "phenotype"), ("setting", "phenotype")])
    prior, path = np.array(network["prior"]), network["path"]
    branches, axes = 1 + max(branch for branch, _ in path), 1 + max(axis for _, axis in path)
    settings, phenotypes = prior.shape
    joint = np.zeros((phenotypes, settings, branches, axes))
    for number, (branch, axis) in enumerate(path):
        joint[number, :, branch, axis] = prior[:, number]
    by_branch, by_axis = joint.sum((0, 3)), joint.sum(0)
    model.add_cpds(
        TabularCPD("setting", settings, np.full((settings, 1), 1 / settings)),
        TabularCPD("branch", branches, by_branch.T, ["setting"], [settings]),
        _table("axis", np.moveaxis(by_axis, 2, 0), ["setting", "branch"]),
        _table("phenotype", joint, ["setting", "branch", "axis"]),
    )
    for name, columns in network["findings"].items():
        if columns:
            model.add_edge("phenotype", name)
            model.add_cpds(TabularCPD(name, len(columns) + 1, _finding(np.array(columns)), ["phenotype"], [phenotypes]))
    for number, gate in enumerate(network["gates"]):
        if not all(gate):
            inside = np.array(gate, dtype=float)
            model.add_edge("phenotype", f"gate {number}")
            table = np.vstack([inside, 1 - inside])
            model.add_cpds(TabularCPD(f"gate {number}", 2, table, ["phenotype"], [phenotypes]))
    assert model.check_model()
    return model


def _table(name: str, joint: np.ndarray, parents: list[str]) -> TabularCPD:
    """P(name | parents) from the joint; where the parents cannot occur, any column will do."""
    total = joint.sum(axis=0, keepdims=True)
    table = np.where(total > 0, joint / np.where(total > 0, total, 1.0), 1.0 / len(joint))
    return TabularCPD(name, len(joint), table.reshape(len(joint), -1), parents, list(joint.shape[1:]))


def _finding(loglik: np.ndarray) -> np.ndarray:
    """One row a state as counted, scaled so that the columns leave something for "otherwise"."""
    rows = np.exp(loglik - loglik.max(axis=1, keepdims=True)) * 0.999 / len(loglik)
    return np.vstack([rows, 1 - rows.sum(axis=0)])


class Asked:
    """The network with a clock; `before`, `last` and `stripped` are seconds."""

    def __init__(self, network: Network) -> None:
        self.network, self.names = network, list(network["findings"])
        self.columns = {name: _finding(np.array(part))[:-1] for name, part in network["findings"].items() if part}
        self.inference = VariableElimination(build(network))
        self.before = self.last = self.stripped = 0.0
        self.queries = 0

    def answer(self, case: list[list[int]]) -> np.ndarray:
        """Posterior of the phenotypes: wide findings first, then gate by gate with the others held where they were."""
        gates = sorted({gate for _, _, gate in case})
        evidence: dict[str, int] = {"setting": self.network["setting"]}
        virtual: list[TabularCPD] = []
        for gate in gates:
            part = [(self.names[finding], state) for finding, state, at in case if at == gate]
            inside = np.array(self.network["gates"][gate])
            if not inside.all():
                virtual.append(self._hold(gate, part, inside, (evidence, virtual)))
            evidence |= dict(part)
        start = time.perf_counter()
        posterior = self._ask(evidence, virtual)
        self.last += time.perf_counter() - start
        start = time.perf_counter()
        self._ask(evidence, [])
        self.stripped += time.perf_counter() - start
        self.queries -= 1
        return posterior

    def _hold(self, gate: int, part: list[tuple[str, int]], inside: np.ndarray, known: tuple[Any, Any]) -> TabularCPD:
        """Virtual evidence on "inside this gate" that leaves the probability of being inside as it was."""
        start = time.perf_counter()
        belief = self._ask(*known)
        self.before += time.perf_counter() - start
        chance = np.prod([self.columns[name][state] for name, state in part], axis=0)
        expected = (belief * chance)[inside].sum() / belief[inside].sum()
        outside = chance[~inside][0]
        held = np.array([[1.0], [expected / outside]])
        return TabularCPD(f"gate {gate}", 2, held / held.sum())

    def _ask(self, evidence: dict[str, int], virtual: list[TabularCPD]) -> np.ndarray:
        self.queries += 1
        found = self.inference.query(
            ["phenotype"], evidence=dict(evidence), virtual_evidence=list(virtual) or None, show_progress=False
        )
        return np.asarray(found.values)


def main() -> None:
    network = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    asked = Asked(network)
    posteriors = [asked.answer(case).tolist() for case in network["cases"]]
    seconds = {
        "all_queries": asked.before + asked.last,
        "last_query": asked.last,
        "without_virtual_evidence": asked.stripped,
    }
    states = max(len(columns) + 1 for columns in network["findings"].values())
    answer = {
        "states": states,
        "version": pgmpy.__version__,
        "seconds": seconds,
        "queries": asked.queries,
        "posteriors": posteriors,
    }
    Path(sys.argv[2]).write_text(json.dumps(answer), encoding="utf-8")


if __name__ == "__main__":
    main()
