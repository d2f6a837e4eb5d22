import textwrap
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diagnostics.log import LogReading, looks_like_log, read_log
from diagnostics.log.model import Unit
from knowledge.model import Knowledge
from knowledge.patterns import SignatureSet
from tests.diagnostics.log.logs import (
    AI_TOOLKIT,
    DEEPSPEED,
    DIFFUSERS,
    ESC,
    LOSSES,
    ONE_TRAINER,
    PLAIN,
    SD_SCRIPTS,
    SIMPLE_TUNER,
    bar,
    document,
    refreshes,
)

OOM = (
    "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 3.75 GiB. "
    "GPU 0 has a total capacity of 23.53 GiB of which 512.00 MiB is free. "
    "Process 1 has 2.50 GiB memory in use. Process 2 has 17179869184.00 GiB memory in use."
)


@pytest.fixture(scope="module")
def signatures(knowledge: Knowledge) -> SignatureSet:
    return SignatureSet(knowledge.rules.values(), knowledge.benign.lines)


@pytest.fixture(scope="module")
def nothing() -> SignatureSet:
    return SignatureSet(())


@pytest.mark.parametrize(
    ("text", "trainer", "steps", "unit", "total"),
    [
        (AI_TOOLKIT, "ai-toolkit", [1, 2, 3], Unit.RAW, 3000),
        (SD_SCRIPTS, "sd-scripts", [1, 2, 3], Unit.RUNNING_AVERAGE, 1500),
        (ONE_TRAINER, "onetrainer", [1, 2, 3, 4, 5, 6], Unit.RAW, 6),
        (DEEPSPEED, "diffusion-pipe", [1, 2, 3], Unit.RAW, None),
        (SIMPLE_TUNER, "simpletuner", [1, 2, 3], Unit.RAW, 100),
        (DIFFUSERS, "diffusers", [1, 2, 3], Unit.RAW, 100),
        (PLAIN, None, [50, 100, 150], Unit.RAW, 210000),
    ],
    ids=["ai-toolkit", "sd-scripts", "onetrainer", "deepspeed", "simpletuner", "diffusers", "plain"],
)
def test_the_series_of_each_trainer(
    nothing: SignatureSet, text: str, trainer: str | None, steps: list[int], unit: Unit, total: int | None
) -> None:
    reading = read_log(document(text), nothing)
    (series,) = reading.series
    assert series.steps.tolist() == steps
    np.testing.assert_allclose(series.loss, list(LOSSES.values()) * (len(steps) // 3))
    assert (series.unit, series.total_steps) == (unit, total)
    if trainer:
        assert series.trainer == trainer
    assert looks_like_log(text)


def test_run_facts_with_the_lines_they_stand_on(nothing: SignatureSet) -> None:
    reading = read_log(document(AI_TOOLKIT, first_line=11), nothing)
    facts = reading.facts
    assert (facts.rank, facts.alpha, facts.images, facts.steps, facts.last_step) == (32, 16, 25, 3000, 3)
    assert (facts.checkpoints, facts.last_checkpoint_step) == (1, 250)
    assert facts.learning_rate == pytest.approx(1e-4)
    assert facts.seconds_per_step == 2.0
    assert reading.origins["images"].line == 15
    kohya = read_log(document(SD_SCRIPTS), nothing).facts
    assert (kohya.images_with_repeats, kohya.epochs, kohya.batch_size, kohya.steps) == (150, 20, 2, 1500)
    assert kohya.finished is True


def test_the_numbers_of_an_out_of_memory_message(nothing: SignatureSet) -> None:
    facts = read_log(document(OOM), nothing).facts
    assert (facts.vram_gib, facts.vram_free_gib, facts.vram_requested_gib) == (23.53, 0.5, 3.75)
    assert facts.vram_other_gib == 2.5, "Windows' 17179869184 GiB is no size"
    old = (
        "RuntimeError: CUDA out of memory. Tried to allocate 20.00 MiB "
        "(GPU 0; 6.00 GiB total capacity; 5.26 GiB already allocated; 0 bytes free; 5.31 GiB reserved"
    )
    assert read_log(document(old), nothing).facts.vram_gib == 6.0


def test_bars_of_downloads_caches_and_samplers_are_no_training(nothing: SignatureSet) -> None:
    others = [
        "model-00001.safetensors:  12%|█         | 1.20G/9.84G [00:10<01:00, 95MB/s]",
        bar("Caching latents", 3, 10, ", loss=0.1"),
        bar("Generating Samples", 3, 10, ""),
        " 40%|████      | 10/25 [00:10<00:15,  1.00s/it]",
    ]
    assert read_log(document("\n".join(others)), nothing).series == ()


def test_ai_toolkits_zero_is_a_nan_in_disguise(nothing: SignatureSet) -> None:
    text = "# Running job: x\n" + refreshes("x", 10, {1: 0.2, 2: 0.0, 3: 0.0}, "lr: 1.0e-04 loss: {}") + "loss is nan"
    reading = read_log(document(text), nothing)
    assert np.isnan(reading.series[0].loss[1:]).all()
    assert reading.series[0].hidden_nan
    assert (reading.facts.nan_steps, reading.facts.first_nan_step) == (2, 2)


def test_a_run_started_again_is_a_second_series(nothing: SignatureSet) -> None:
    first = refreshes("steps", 100, dict.fromkeys(range(1, 60), 0.2), "avr_loss={}")
    second = refreshes("steps", 100, dict.fromkeys(range(1, 9), 0.1), "avr_loss={}")
    reading = read_log(document(f"{first}\n{second}"), nothing)
    assert [len(series.loss) for series in reading.series] == [59, 8]
    assert reading.runs == 2


def test_text_glued_behind_a_bar_is_read(signatures: SignatureSet) -> None:
    text = bar("x", 5, 10, ", lr: 1.0e-04 loss: 0.1") + f"Error running job: {OOM.split(': ', 1)[1]}"
    reading = read_log(document(text), signatures)
    assert [hit.rule for hit in reading.hits][:1] == ["cuda-oom"]
    assert reading.errors


@pytest.mark.parametrize(
    "prefix",
    [
        "[rank0]: ",
        "[2024-09-10 11:02:14] [INFO] ",
        "[07:50:25] [STDOUT] ",
        "2024-09-10T11:02:14.123456Z ",
        f"{ESC}[31m",
        "[2025-01-13 09:21:40,102] [INFO] ",
    ],
)
def test_launcher_prefixes_do_not_hide_a_traceback(signatures: SignatureSet, prefix: str) -> None:
    lines = ["Traceback (most recent call last):", '  File "/a/train.py", line 5, in main', OOM]
    reading = read_log(document("\n".join(prefix + line for line in lines)), signatures)
    (traceback,) = reading.tracebacks
    assert traceback.exception == "torch.OutOfMemoryError"
    assert (traceback.frames[0].function, traceback.frames[0].line) == ("main", 5)
    assert "cuda-oom" in {hit.rule for hit in reading.hits}


def test_a_chain_keeps_the_cause_first_and_flags_the_wrapper(nothing: SignatureSet) -> None:
    text = """Traceback (most recent call last):
  File "/a/x.py", line 1, in load
    import bitsandbytes
ModuleNotFoundError: No module named 'bitsandbytes'

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/a/y.py", line 2, in main
ImportError: No bitsandbytes
Traceback (most recent call last):
  File "/v/launch.py", line 703, in simple_launcher
subprocess.CalledProcessError: Command '['python']' returned non-zero exit status 1.
"""
    found = read_log(document(text), nothing).tracebacks
    assert [(t.exception, t.wrapper) for t in found] == [
        ("ModuleNotFoundError", False),
        ("ImportError", False),
        ("subprocess.CalledProcessError", True),
    ]


def test_a_traceback_cut_off_is_known_as_such(nothing: SignatureSet) -> None:
    text = 'Traceback (most recent call last):\n  File "/a/x.py", line 1, in save\n    save_file(x)'
    (traceback,) = read_log(document(text), nothing).tracebacks
    assert not traceback.complete
    assert traceback.frames[0].function == "save"


def test_messages_that_rich_wrapped_are_joined(signatures: SignatureSet) -> None:
    text = (
        "2024-06-20 14:58:43 ERROR    No data found. Please     train_util.py:99\n"
        "                             verify arguments\n"
        "                    INFO     next message               train_util.py:100\n"
    )
    reading = read_log(document(text), signatures)
    assert "dataset-error" in {hit.rule for hit in reading.hits}


@pytest.mark.parametrize(
    "line",
    [
        "FutureWarning: `clean_up_tokenization_spaces` was not set.",
        "A matching Triton is not available, some optimizations will not be enabled.",
        "no regularization images / 正則化画像が見つかりませんでした",
        "NOTE: Redirects are currently not supported in Windows or MacOs.",
        "WARNING: Detected no triton, on systems without Triton certain kernels will not work",
        "Token indices sequence length is longer than the specified maximum sequence length for this model (80 > 77)",
        "UserWarning: Detected call of `lr_scheduler.step()` before `optimizer.step()`.",
        "TensorFlow installation not found - running with reduced feature set.",
        "if you hit CUDA out of memory, lower batch_size",
    ],
)
def test_what_every_healthy_run_prints_is_no_finding(signatures: SignatureSet, line: str) -> None:
    reading = read_log(document(line), signatures)
    assert [hit.rule for hit in reading.hits] == []
    assert reading.tracebacks == ()


def test_progress_alone_hits_no_signature(signatures: SignatureSet) -> None:
    for text in (AI_TOOLKIT, SD_SCRIPTS, ONE_TRAINER, DEEPSPEED, SIMPLE_TUNER, DIFFUSERS):
        assert read_log(document(text), signatures).hits == ()


@pytest.mark.parametrize(
    "prose", ["my lora looks bad", "job: extension\nconfig:\n  name: x\n", "", "hello\nworld\n" * 50]
)
def test_prose_and_configs_are_no_logs(prose: str) -> None:
    assert not looks_like_log(prose)


def pieces() -> st.SearchStrategy[str]:
    known = [
        *AI_TOOLKIT.split("\n"),
        *SD_SCRIPTS.split("\n"),
        *ONE_TRAINER.split("\n"),
        OOM,
        "Traceback (most recent call last):",
    ]
    return st.one_of(st.sampled_from(known), st.text(max_size=60))


@settings(deadline=None)
@given(st.lists(pieces(), max_size=30), st.sampled_from(["\n", "\r", "\r\n", ""]))
def test_any_text_is_read(signatures: SignatureSet, parts: list[str], end: str) -> None:
    text = end.join(parts)
    reading = read_log(document(text), signatures)
    assert isinstance(reading, LogReading)
    lines = text.count("\n") + 1
    assert all(1 <= hit.evidence.line <= lines for hit in reading.hits)


@pytest.mark.parametrize(
    "unit",
    [
        AI_TOOLKIT + "\n",
        "x" * 1000,
        "9%|",
        "Traceback (most recent call last):\n",
        'File "',
        ESC + "[1;",
        "\r",
        "loss:",
    ],
    ids=["typical", "one line", "bar start", "traceback start", "frame start", "escapes", "returns", "loss"],
)
def test_time_grows_with_the_length_and_not_faster(signatures: SignatureSet, unit: str) -> None:
    def seconds(size: int) -> float:
        text = unit * (size // len(unit))
        start = time.process_time()
        read_log(document(text), signatures)
        return time.process_time() - start

    seconds(50_000)
    small, large = min(seconds(250_000) for _ in range(2)), min(seconds(1_000_000) for _ in range(2))
    assert large < 12 * small + 0.2


def test_an_out_of_memory_message_that_a_terminal_broke_anywhere_is_whole_again(nothing: SignatureSet) -> None:
    message = (
        "RuntimeError: CUDA out of memory. Tried to allocate 3.75 GiB. GPU 0 has a total capacity of 23.53 GiB of which"
        " 2.59 GiB is free. Process 2006998 has 256.00 MiB memory in use. Process 17 has 1.00 GiB memory in use."
        " Of the allocated memory 20.43 GiB is allocated by PyTorch, and 47.16 MiB is reserved by PyTorch."
    )
    wanted = (23.53, 2.59, 3.75, 1.25)
    for width in range(51, 200, 7):
        facts = read_log(document("\n".join(textwrap.wrap(message, width))), nothing).facts
        found = (facts.vram_gib, facts.vram_free_gib, facts.vram_requested_gib, facts.vram_other_gib)
        assert found == wanted, width
