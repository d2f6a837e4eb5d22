import pytest

from diagnostics.claims import Claim, Origin
from diagnostics.weigh import weigh
from knowledge.model import Knowledge


def claim(rule: str, confidence: float, origin: Origin = Origin.LOG, supports: bool = False) -> Claim:
    return Claim(rule, origin, confidence, None, supports=supports)


def test_signs_of_different_origin_add_up_and_equal_ones_do_not(knowledge: Knowledge) -> None:
    same = weigh([claim("overfit", 0.6), claim("overfit", 0.5)], knowledge)
    different = weigh([claim("overfit", 0.6), claim("overfit", 0.5, Origin.WORDS)], knowledge)
    assert same[0].confidence == pytest.approx(0.6)
    assert different[0].confidence == pytest.approx(0.8)


def test_support_alone_raises_nothing(knowledge: Knowledge) -> None:
    assert weigh([claim("overfit", 0.9, supports=True)], knowledge) == ()
    alone = weigh([claim("overfit", 0.5)], knowledge)[0].confidence
    supported = weigh([claim("overfit", 0.5), claim("overfit", 0.5, Origin.FACTS, supports=True)], knowledge)
    assert supported[0].confidence > alone


def test_what_a_finding_explains_is_not_listed_beside_it(knowledge: Knowledge) -> None:
    found = weigh([claim("cuda-oom", 0.9), claim("unknown-crash", 0.8)], knowledge)
    assert [verdict.rule.id for verdict in found] == ["cuda-oom"]


def test_what_is_far_less_likely_than_the_first_is_left_out(knowledge: Knowledge) -> None:
    found = weigh([claim("overfit", 0.95), claim("plastic-skin", 0.5), claim("underfit", 0.2)], knowledge)
    assert [verdict.rule.id for verdict in found] == ["overfit"]
    assert weigh([claim("underfit", 0.2)], knowledge) == ()
