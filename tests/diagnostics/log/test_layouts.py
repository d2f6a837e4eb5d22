"""What is odd about single layouts: how bars are glued, boxed, wrapped and prefixed."""

import pytest

from diagnostics.log import read_log
from diagnostics.log.model import Unit
from diagnostics.log.progress import parse
from knowledge.patterns import SignatureSet
from tests.diagnostics.log.logs import bar, document

NOTHING = SignatureSet(())


def test_refreshes_that_lost_their_carriage_returns_are_all_read() -> None:
    text = "".join(bar("x", step, 50, f", lr: 1.0e-04 loss: {step / 10:.3e}") for step in (1, 2, 3)) + "loss is nan"
    reading = read_log(document(text), NOTHING)
    assert reading.series[0].steps.tolist() == [1, 2, 3]
    assert reading.series[0].loss.tolist() == [0.1, 0.2, 0.3]


def test_a_bar_beyond_its_total_and_one_cut_off_are_read() -> None:
    text = "steps: 12it [00:10,  1.20s/it, avr_loss=0.1]\nsteps:  1%|a| 13/20 [00:10<00:10,  1.20s/it, avr_loss=0.2, lr"
    assert read_log(document(text), NOTHING).series[0].steps.tolist() == [12, 13]


@pytest.mark.parametrize("end", ["2", "2.2", "2.228", "2.228e-0"])
def test_half_a_number_where_a_log_is_cut_off_is_none(end: str) -> None:
    progress = parse(f"my_lora:  34%|###  | 170/500 [08:16<16:03,  2.92s/it, lr: 1.0e-04 loss: {end}")
    assert progress is not None
    assert (progress.step, progress.learning_rate, progress.loss) == (170, 1e-4, None)


def test_ai_toolkits_layout_alone_tells_the_trainer_and_its_hidden_nan() -> None:
    reading = read_log(document(bar("x", 1, 10, ", lr: 1.0e-04 loss: 0.000e+00")), NOTHING)
    assert (reading.trainer, reading.facts.nan_steps, reading.series[0].hidden_nan) == ("ai-toolkit", 1, True)


def test_a_job_named_like_another_bar_is_still_training() -> None:
    text = bar("caching_dock_lora", 5, 10, ", lr: 1.0e-04 loss: 3.0e-01")
    assert read_log(document(text), NOTHING).series[0].loss.tolist() == [0.3]


@pytest.mark.parametrize(
    "line",
    [
        "step: {n} train_loss: 0.5 lr: 1e-4",
        '{{"step": {n}, "loss": 0.5}}',
        "{{'loss': 0.5, 'learning_rate': 1e-05, 'step': {n}}}",
        "Step {n} of 10000: loss 0.5, lr 1e-4, epoch 1/10",
        "[2024-01-01 10:00:00,123] [INFO] steps: {n} loss: 0.5000 iter time (s): 3.4 samples/sec: 0.2",
    ],
)
def test_plain_lines_give_a_series(line: str) -> None:
    reading = read_log(document("\n".join(line.format(n=n) for n in (10, 20, 30))), NOTHING)
    assert reading.series[0].steps.tolist() == [10, 20, 30]
    assert set(reading.series[0].loss) == {0.5}


def test_values_by_epoch_count_only_where_nothing_finer_is_logged() -> None:
    epochs = "\n".join(f"Epoch {n}/3 loss: 0.{9 - n}" for n in (1, 2, 3))
    (series,) = read_log(document(epochs), NOTHING).series
    assert (series.unit, series.steps.tolist()) == (Unit.EPOCH, [1, 2, 3])
    (finer,) = read_log(document(f"{bar('steps', 7, 9, ', avr_loss=0.2')}\n{epochs}"), NOTHING).series
    assert finer.steps.tolist() == [7]


def test_a_message_that_the_terminal_broke_gives_its_numbers() -> None:
    text = (
        "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 3.75 GiB. GPU 0 has a total capacity of\n"
        "23.53 GiB of which 512.00 MiB is free. Including non-PyTorch memory, this process has\n"
        "20.93 GiB memory in use. Of the allocated memory 20.43 GiB is allocated by PyTorch, and 47.16 MiB is\n"
        "reserved by PyTorch but unallocated."
    )
    facts = read_log(document(text), NOTHING).facts
    assert (facts.vram_gib, facts.vram_free_gib, facts.vram_requested_gib) == (23.53, 0.5, 3.75)


def test_a_boxed_traceback_has_frames_and_exception() -> None:
    text = (
        "╭──────── Traceback (most recent call last) ────────╮\n"
        "│ C:\\k\\train_network.py:990 in <module>             │\n"
        "│   987 │   args = parse()                          │\n"
        "╰───────────────────────────────────────────────────╯\n"
        "KeyError: 'vae'"
    )
    (traceback,) = read_log(document(text), NOTHING).tracebacks
    assert (traceback.exception, traceback.frames[0].line) == ("KeyError", 990)


@pytest.mark.parametrize(
    "prefix",
    [
        "trainer-1  | ",
        "Mar 02 08:11:04 gpu-host python[4711]: ",
        "[RANK 0] 2025-11-04 16:21:12,847 [ERROR] ",
        "2025-03-02T08:11:04.123456789Z [rank0]: ",
    ],
)
def test_containers_and_services_in_front_of_a_line_do_not_hide_it(prefix: str) -> None:
    lines = ["Traceback (most recent call last):", '  File "a.py", line 3, in load', "ValueError: no such model"]
    (traceback,) = read_log(document("\n".join(prefix + line for line in lines)), NOTHING).tracebacks
    assert (traceback.exception, traceback.frames[0].function) == ("ValueError", "load")


def test_no_checkpoint_is_a_fact_only_where_the_log_shows_the_run_from_its_start() -> None:
    whole = "\n".join(bar("steps", step, 90, ", avr_loss=0.2") for step in range(1, 20))
    tail = "\n".join(bar("steps", step, 90, ", avr_loss=0.2") for step in range(40, 60))
    assert read_log(document(whole), NOTHING).facts.checkpoints == 0
    assert read_log(document(tail), NOTHING).facts.checkpoints is None
