from diagnostics.fixes import changes, fix_rows
from diagnostics.report import Status
from knowledge.expressions import context_of
from knowledge.facts import ConfigFacts, Facts
from knowledge.model import About, Fix, Kind, Knowledge, Priority, Rule, Severity, Why

CONTEXT = context_of(Facts(config=ConfigFacts(batch_size=4, gradient_checkpointing=True, learning_rate=4e-4)))


def rule(*fixes: Fix) -> Rule:
    return Rule(id="x", title="X", kind=Kind.CRASH, severity=Severity.CRITICAL, summary="X.", fixes=fixes)


def test_rows_are_marked_by_what_the_bundle_shows(knowledge: Knowledge) -> None:
    rows = fix_rows(
        rule(
            Fix(solution="ruled out", check="config.gradient_checkpointing == false", why=Why(ruled_out="already on")),
            Fix(solution="unknown", check="log.vram_gib < 24.0"),
            Fix(solution="open"),
            Fix(
                solution="confirmed",
                check="config.batch_size > 1",
                why=Why(confirmed="batch_size is {config.batch_size}"),
            ),
        ),
        CONTEXT,
        knowledge.wording,
    )
    assert [(row.solution, row.status, row.why) for row in rows] == [
        ("confirmed", Status.CONFIRMED, "batch_size is 4"),
        ("unknown", Status.TO_CHECK, f"needs {knowledge.wording.groups['log']}"),
        ("open", Status.TO_CHECK, None),
        ("ruled out", Status.RULED_OUT, "already on"),
    ]


def test_among_equals_the_dataset_comes_before_the_parameters(knowledge: Knowledge) -> None:
    rows = fix_rows(
        rule(
            Fix(solution="low dataset", priority=Priority.LOW, about=About.DATASET),
            Fix(solution="high parameters", priority=Priority.HIGH),
            Fix(solution="high captions", priority=Priority.HIGH, about=About.CAPTIONS),
        ),
        CONTEXT,
        knowledge.wording,
    )
    assert [row.solution for row in rows] == ["high captions", "high parameters", "low dataset"]


def test_only_confirmed_rows_change_settings_and_the_first_rule_wins() -> None:
    first = rule(
        Fix(solution="a", check="config.batch_size > 1", patch={"batch_size": 1}),
        Fix(solution="b", check="config.batch_size > 9", patch={"rank": 8}),
        Fix(
            solution="c", check="config.learning_rate > 0.0002", patch={"learning_rate": "= config.learning_rate / 2.0"}
        ),
    )
    second = rule(Fix(solution="d", check="config.batch_size > 1", patch={"batch_size": 2}))
    assert changes([first, second], CONTEXT) == {"batch_size": 1, "learning_rate": 2e-4}
