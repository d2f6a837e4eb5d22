from diagnostics.bundle import Document, Kind
from diagnostics.config.model import TrainingConfig
from diagnostics.gather import config_facts, context_for, log_facts, report_facts, select_profile
from diagnostics.log.model import LogReading
from knowledge.facts import ConfigFacts, Facts, LogFacts, MessageFacts
from knowledge.model import Knowledge

DOCUMENT = Document("a", Kind.CONFIG, "")


def config(values: ConfigFacts) -> TrainingConfig:
    return TrainingConfig("sd-scripts", values, {}, (), DOCUMENT)


def test_what_a_file_says_goes_before_a_default() -> None:
    first = config(ConfigFacts(rank=4, batch_size=2, defaulted=frozenset({"rank"})))
    second = config(ConfigFacts(rank=32, batch_size=8))
    merged = config_facts([first, second], LogFacts())
    assert (merged.rank, merged.batch_size, merged.defaulted) == (32, 2, frozenset())


def test_a_default_holds_where_no_file_says_otherwise() -> None:
    merged = config_facts([config(ConfigFacts(rank=4, defaulted=frozenset({"rank"})))], LogFacts())
    assert (merged.rank, merged.defaulted) == (4, frozenset({"rank"}))


def test_epochs_follow_from_steps_and_the_dataset_of_the_log() -> None:
    values = ConfigFacts(steps=3400, batch_size=2, gradient_accumulation=5)
    assert config_facts([config(values)], LogFacts(images_with_repeats=3400)).epochs == 10


def test_the_log_that_shows_most_of_the_run_leads() -> None:
    readings = [
        LogReading("a", None, LogFacts(last_step=3, gpu="old")),
        LogReading("b", None, LogFacts(last_step=90, gpu="new")),
    ]
    assert log_facts(readings).gpu == "new"


def test_the_guides_model_selects_the_guides_profile(knowledge: Knowledge) -> None:
    profiles = list(knowledge.profiles.values())
    for name in ("Qwen/Qwen-Image-Edit-2509", "D:\\models\\qwen-image-edit-2509", "/models/Qwen_Image_Edit_2509/"):
        found = select_profile([None, name], profiles)
        assert found is not None, name
        assert found.id == "qwen-image-edit-2509"
    assert select_profile([None, "somebody/else-v3", ""], profiles) is None


def test_report_facts_prefer_the_surest_place() -> None:
    facts = Facts(log=LogFacts(vram_gib=23.5), message=MessageFacts(vram_gib=24.0, images=30))
    assert report_facts(context_for(facts, None)) == {"vram_gib": 23.5, "images": 30}
