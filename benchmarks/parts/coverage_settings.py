"""Settings of the coverage benchmark that are drawn as counts: proportions, pairs, ratios, verification, agreement."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

Ends = tuple[float, float] | None


@dataclass(frozen=True)
class Setting:
    """A method at one truth: `draw` makes a data set and gives its interval; `every`: one draw in so many, where slow."""

    name: str
    truth: float
    draw: Callable[[Any], Ends]
    every: int = 1


def ends(found: Any) -> Ends:
    """Of an Estimate, an Interval or None."""
    return None if found is None or found.low is None or found.high is None else (found.low, found.high)


def list_settings() -> Iterator[Setting]:
    yield from list_proportions()
    yield from list_paired()
    yield from list_relative()
    yield from list_ratios()
    yield from list_verification()
    yield from list_agreement()
    yield from list_fleiss()


def list_proportions() -> Iterator[Setting]:
    from trial.intervals import estimate_proportion

    @cache
    def both(x: int, n: int) -> tuple[Ends, Ends]:
        found = estimate_proportion(x, n)
        return ends(found.wilson), ends(found.exact)

    for n, share in ((12, 0.9), (20, 0.5), (40, 0.9), (40, 0.7), (160, 0.95)):
        for index, name in enumerate(("Wilson", "Clopper-Pearson")):

            def draw(rng: Any, n: int = n, share: float = share, index: int = index) -> Ends:
                return both(int(rng.binomial(n, share)), n)[index]

            yield Setting(f"{name}, {share:g} of {n}", share, draw)


def list_paired() -> Iterator[Setting]:
    from trial.paired import PairedTable, estimate_newcombe10, estimate_tango

    for name, work in (("Tango", estimate_tango), ("Newcombe 10", estimate_newcombe10)):

        @cache
        def estimate(cells: tuple[int, ...], work: Any = work) -> Ends:
            return ends(work(PairedTable(*cells)))

        for n, shares in ((40, (0.6, 0.2, 0.1, 0.1)), (40, (0.85, 0.06, 0.02, 0.07)), (15, (0.5, 0.3, 0.1, 0.1))):

            def draw(rng: Any, n: int = n, shares: Any = shares, estimate: Any = estimate) -> Ends:
                return estimate(tuple(rng.multinomial(n, shares).tolist()))  # type: ignore[no-any-return]

            yield Setting(f"{name}, {n} pairs, {shares[1]:g} against {shares[2]:g}", shares[1] - shares[2], draw)


def list_relative() -> Iterator[Setting]:
    """Pairs [both, 1 only, 2 only, neither] with the target, then without it."""
    from trial.paired import PairedTable
    from trial.predictive_values import compare_predictive_values

    cells = np.array([0.30, 0.06, 0.04, 0.05, 0.05, 0.05, 0.10, 0.35])
    values = [
        (sum(cells[list(right)]) / sum(cells[list(right + wrong)]))
        for right, wrong in (((0, 1), (4, 5)), ((0, 2), (4, 6)), ((6, 7), (2, 3)), ((5, 7), (1, 3)))
    ]
    for value, truth in (("ppv", values[1] / values[0]), ("npv", values[3] / values[2])):
        for n in (60, 160):

            def draw(rng: Any, n: int = n, value: str = value) -> Ends:
                drawn = rng.multinomial(n, cells).tolist()
                found = compare_predictive_values(PairedTable(*drawn[:4]), PairedTable(*drawn[4:]))
                return ends(getattr(found, value).ratio)

            yield Setting(f"relative {value.upper()} (Moskowitz and Pepe), {n}", truth, draw)


def list_ratios() -> Iterator[Setting]:
    from trial.accuracy import compute_accuracy

    @cache
    def compute(tp: int, fp: int, n: int, m: int) -> dict[str, Ends]:
        return {name: ends(one) for name, one in compute_accuracy(tp, fp, n - tp, m - fp).ratios.items()}

    for n, se, sp in ((60, 0.85, 0.8), (30, 0.95, 0.95)):
        truths = {"lr_positive": se / (1 - sp), "lr_negative": (1 - se) / sp}
        truths["diagnostic_odds_ratio"] = truths["lr_positive"] / truths["lr_negative"]
        for name, truth in truths.items():

            def draw(rng: Any, n: int = n, se: float = se, sp: float = sp, name: str = name) -> Ends:
                return compute(int(rng.binomial(n, se)), int(rng.binomial(n, 1 - sp)), n, n)[name]

            yield Setting(f"{name}, sensitivity {se:g} of {n}, specificity {sp:g} of {n}", truth, draw)


def list_verification() -> Iterator[Setting]:
    """Positive scans are verified nine times in ten, negative ones four in ten; half of the patients have the target."""
    from trial.verification import Verified, estimate_begg_greenes

    se, sp = 0.8, 0.75
    cells = [0.5 * se * 0.9, 0.5 * (1 - sp) * 0.9, 0.5 * (se + 1 - sp) * 0.1]
    cells += [0.5 * (1 - se) * 0.4, 0.5 * sp * 0.4, 0.5 * (1 - se + sp) * 0.6]
    for name, truth in (("sensitivity", se), ("specificity", sp)):
        for n in (100, 160):

            def draw(rng: Any, n: int = n, name: str = name) -> Ends:
                drawn = rng.multinomial(n, cells).tolist()
                return ends(getattr(estimate_begg_greenes(Verified(*drawn[:3]), Verified(*drawn[3:])), name))

            yield Setting(f"Begg and Greenes, {name}, {n}", truth, draw)


def list_agreement() -> Iterator[Setting]:
    """Two readers of 60 scans: negative, inconclusive, positive."""
    from trial.agreement import compare_readers

    shares = np.array([[0.22, 0.03, 0.02], [0.03, 0.06, 0.04], [0.02, 0.05, 0.53]])
    apart = np.abs(np.subtract.outer(np.arange(3), np.arange(3)))
    margins = np.outer(shares.sum(axis=1), shares.sum(axis=0))
    lost = {"none": apart > 0, "linear": apart, "quadratic": apart**2}
    mean = (shares.sum(axis=0) + shares.sum(axis=1)) / 2
    chance = float((mean * (1 - mean)).sum() / 2)
    for n in (40, 100):
        for weights, cost in lost.items():

            def draw(rng: Any, n: int = n, weights: str = weights) -> Ends:
                table = rng.multinomial(n, shares.ravel()).reshape(3, 3).tolist()
                return ends(compare_readers(table, weights).kappa)  # type: ignore[arg-type]

            yield Setting(
                f"kappa, weights {weights}, {n}", float(1 - (shares * cost).sum() / (margins * cost).sum()), draw
            )

        def draw_ac1(rng: Any, n: int = n) -> Ends:
            return ends(compare_readers(rng.multinomial(n, shares.ravel()).reshape(3, 3).tolist()).ac1)

        yield Setting(f"Gwet's AC1, {n}", (float(np.trace(shares)) - chance) / (1 - chance), draw_ac1)


def list_fleiss() -> Iterator[Setting]:
    """Three readers; whatever a scan is, a reader says so eight times in ten."""
    from trial.agreement import compare_many_readers

    kinds, said = np.array([0.3, 0.2, 0.5]), np.full((3, 3), 0.1) + 0.7 * np.eye(3)
    margin = kinds @ said
    truth = float((kinds @ (said**2).sum(axis=1) - (margin**2).sum()) / (1 - (margin**2).sum()))
    for n in (40, 100):

        def draw(rng: Any, n: int = n) -> Ends:
            return ends(compare_many_readers(rng.multinomial(3, said[rng.choice(3, n, p=kinds)]).tolist()).kappa)

        yield Setting(f"Fleiss' kappa, 3 readers, {n}", truth, draw)
