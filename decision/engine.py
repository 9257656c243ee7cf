"""The assessment of one case: prior, evidence, posterior with its interval, and everything that explains it."""

from collections.abc import Mapping, Sequence

from decision.advice import list_conflicts, list_missing
from decision.assessment import Assessment, Prior, SubtypeProbability, Voided
from decision.batch import list_subtypes
from decision.case import Case
from decision.evidence import Knowledge, load_knowledge
from decision.first_line import count_first_line
from decision.flags import raise_flags
from decision.likelihood import LivingRows
from decision.next_test import suggest_tests
from decision.pathway import find_pathway
from decision.posterior import Belief, Evidence, combine, draw_prior, find_interval, sum_by_subtype, weigh_observations
from decision.prediction import name_set
from decision.promise import question_promise
from decision.questions import question_case
from decision.reasons import Weighing, explain_evidence, share_weight
from decision.setting import BY_CASE
from decision.sites import locate_lesion
from decision.standing import Standing, find_standing


def assess_case(
    case: Case, *, published_only: bool = False, living: LivingRows = (), setting: str = BY_CASE
) -> Assessment:
    """Subtype and site with reasons, from what is known. `published_only` leaves out expert and recalled values.

    An absent field moves nothing; the order of results is nothing. The prior stays an expert value in either mode. `living`:
    rows with this trial's patients counted in (`decision.living`), from everybody but this patient. `setting`: the starting
    point by name (`Setting.by_choice`), else by age and pregnancy; ValueError when there is none of that name.
    """
    standing = find_standing(case, load_knowledge(), published_only=published_only, living=living, setting=setting)
    evidence = weigh_observations(standing.observed.observations, standing.mode)
    belief = combine(draw_prior(standing.setting), evidence)
    return _write_assessment(standing, evidence, belief)


def _write_assessment(standing: Standing, evidence: Sequence[Evidence], belief: Belief) -> Assessment:
    case, knowledge = standing.case, standing.knowledge
    subtypes = _rank_subtypes(belief, knowledge)
    point = {item.subtype: item.probability for item in subtypes}
    groups = {name: sum(point[code] for code in codes) for name, codes in knowledge.rules["groups"].items()}
    weighing = Weighing(draw_prior(standing.setting)[:1], knowledge, standing.mode)
    reasons = explain_evidence(evidence, weighing, subtypes[0].subtype)
    tests = suggest_tests(standing)
    start = knowledge.find_setting(standing.setting)
    first_line = count_first_line(standing.observed.observations, knowledge)
    chosen = name_set(standing.in_set, standing.probabilities)
    return Assessment(
        case_id=case.case_id,
        knowledge_version=knowledge.version + ("+trial" if standing.mode.living else ""),
        subtypes=subtypes,
        groups=groups,
        prediction_set=chosen,
        abstain=_find_abstention(point, evidence, knowledge),
        sites=locate_lesion(case, point, knowledge, start.place),
        reasons=reasons,
        voided=tuple(Voided(void.test, void.because, knowledge.cite(void.source)) for void in standing.observed.voided),
        missing=list_missing([item.seen for item in evidence], point, groups, knowledge),
        conflicts=list_conflicts(reasons, subtypes[0].subtype, tests, knowledge),
        next_tests=tests,
        flags=(*raise_flags(case, groups, knowledge), *question_promise(chosen, evidence, knowledge)),
        pathway=find_pathway(case, first_line, point, knowledge),
        weight_by_grade=share_weight(reasons),
        questions=question_case(case),
        prior=Prior(start.id, start.says, knowledge.cite(start.source), start.grade),
    )


def _rank_subtypes(belief: Belief, knowledge: Knowledge) -> tuple[SubtypeProbability, ...]:
    lows, highs = find_interval(belief, knowledge)
    sums = sum_by_subtype(belief.posterior[:1], knowledge)
    ranked = []
    for subtype, low, high in zip(list_subtypes(), lows, highs, strict=True):
        point = float(sums[subtype][0])
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
