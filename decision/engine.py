"""The assessment of one case: prior, evidence, posterior with its interval, and everything that explains it."""

from collections.abc import Mapping, Sequence

import numpy as np

from decision.advice import Standing, list_conflicts, list_missing, smallest_set, suggest_tests
from decision.assessment import Assessment, SubtypeProbability, Voided
from decision.case import Case, question_case
from decision.evidence import Knowledge, load_knowledge
from decision.flags import raise_flags
from decision.observe import Observed, observe_case
from decision.pathway import find_pathway
from decision.posterior import Array, Evidence, combine, draw_prior, find_setting, sum_by_subtype, weigh_observations
from decision.reasons import Weighing, explain_evidence, share_weight
from decision.sites import locate_lesion


def assess_case(case: Case, *, published_only: bool = False) -> Assessment:
    """Subtype and site with reasons, from what is known. `published_only` leaves out expert and recalled values.

    An absent field moves nothing; the order of results is nothing. The prior stays an expert value in either mode.
    """
    knowledge = load_knowledge()
    child = case.age_years is not None and case.age_years < knowledge.rules["child"]["age_below"]
    observed = observe_case(case, knowledge)
    prior = draw_prior(find_setting(case, knowledge), knowledge)
    evidence = weigh_observations(observed.observations, knowledge, published_only=published_only, child=child)
    posterior = combine(prior, evidence)
    standing = Standing(np.log(posterior[:1]), evidence, case, knowledge, published_only, child)
    weighing = Weighing(prior[:1], knowledge, published_only)
    return _write_assessment(case, observed, posterior, standing, weighing)


def _write_assessment(
    case: Case, observed: Observed, posterior: Array, standing: Standing, weighing: Weighing
) -> Assessment:
    knowledge = standing.knowledge
    subtypes = _rank_subtypes(posterior, knowledge)
    point = {item.subtype: item.probability for item in subtypes}
    groups = {name: sum(point[code] for code in codes) for name, codes in knowledge.rules["groups"].items()}
    reasons = explain_evidence(standing.evidence, weighing, subtypes[0].subtype)
    tests = suggest_tests(standing)
    conflicts = list_conflicts(reasons, subtypes[0].subtype, tests, knowledge)
    known = {item.seen.block.id for item in standing.evidence}
    return Assessment(
        case_id=case.case_id,
        knowledge_version=knowledge.version,
        subtypes=subtypes,
        groups=groups,
        prediction_set=smallest_set(point, knowledge.rules["prediction_set"]["level"]),
        abstain=_find_abstention(point, standing.evidence, knowledge),
        sites=locate_lesion(case, point, knowledge),
        reasons=reasons,
        voided=tuple(Voided(void.test, void.because, knowledge.cite(void.source)) for void in observed.voided),
        missing=list_missing(known, groups, knowledge),
        conflicts=conflicts,
        next_tests=tests,
        flags=raise_flags(case, groups, knowledge),
        pathway=find_pathway(case, point, groups["cushing"], knowledge),
        weight_by_grade=share_weight(reasons),
        questions=question_case(case),
    )


def _rank_subtypes(posterior: Array, knowledge: Knowledge) -> tuple[SubtypeProbability, ...]:
    policy, ranked = knowledge.rules["interval"], []
    for subtype, values in sum_by_subtype(posterior, knowledge).items():
        point = float(values[0])
        low, high = np.percentile(values[1:], [policy["low"], policy["high"]])
        ranked.append(SubtypeProbability(subtype, point, min(float(low), point), max(float(high), point)))
    return tuple(sorted(ranked, key=lambda item: -item.probability))


def _find_abstention(point: Mapping[str, float], evidence: Sequence[Evidence], knowledge: Knowledge) -> str | None:
    rule = knowledge.rules["abstain"]
    used = {item.seen.block.id for item in evidence if item.valid.any() and item.seen.block.kind == "test"}
    used |= {item.seen.block.id for item in evidence if item.valid.any() and item.seen.block.burden}
    exogenous = any(item.seen.block.id == "exogenous" for item in evidence)
    if len(used) < rule["few_findings"] and not exogenous:
        return str(rule["too_little"]).format(known=len(used))
    if max(point.values()) < rule["leader_below"]:
        return str(rule["contradict"]).format(percent=round(100 * rule["leader_below"]))
    return None
