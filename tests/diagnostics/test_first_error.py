"""The right error first, in whole logs: what an experienced helper would name, and nothing where the run was well."""

import re

import pytest

from diagnostics.bundle import Attachment, Bundle
from diagnostics.diagnose import Diagnostician
from diagnostics.report import Report
from knowledge.model import Severity
from tests.diagnostics.log.test_messages import MESSAGES, NOTHING
from tests.diagnostics.runs import HEADS, LAUNCHERS, OUT_OF_MEMORY, box, crash, fatal, progress, traceback

AIT, SDS, ONE, PIPE, DIF = HEADS
NAN = "RuntimeError: Training loss became NaN. This may be due to invalid parameters."
NO_CONTROL = "ValueError: Missing control images for QwenImageEditPlusModel"
PORT = "RuntimeError: The server socket has failed to listen on any local network address. port: 29500"
SAMPLING = HEADS[ONE] + progress(ONE) + traceback(ONE, OUT_OF_MEMORY) + "Error during sampling, proceeding\n"
SKIPPED = HEADS[AIT] + progress(AIT) + box(1) + progress(AIT, 16, 40)
IGNORED = """Traceback (most recent call last):
  File "/venv/lib/python3.10/site-packages/xformers/__init__.py", line 57, in _is_triton_available
    import triton  # noqa
ModuleNotFoundError: No module named 'triton'
Error caught was: No module named 'triton'
/venv/lib/torch/utils/checkpoint.py:92: UserWarning: None of the inputs have requires_grad=True. Gradients will be None
Token indices sequence length is longer than the specified maximum sequence length for this model (89 > 77).
Synchronizing GPUs. If this stalls, this likely means that your NCCL installation is broken:
[AITK] Database locked (attempt 1/8), retrying in 0.2s
"""
STOPPED = "KeyboardInterrupt"
FIRST = {
    "of two runs the last counts": (
        "cuda-oom",
        crash(SDS, "ModuleNotFoundError: No module named 'bitsandbytes'", 0) + crash(SDS, OUT_OF_MEMORY),
    ),
    "of two runs the last counts, however sure the first": (
        "dataset-error",
        crash(AIT, OUT_OF_MEMORY) + crash(AIT, NO_CONTROL, 0),
    ),
    "an error nobody knows in the last run": (
        "unknown-crash",
        crash(PIPE, PORT, 0) + crash(PIPE, "RuntimeError: boom"),
    ),
    "a launcher's words come after the cause": (
        "nan-loss",
        crash(SDS, "RuntimeError: NaN detected in latents: /1.png", 0),
    ),
    "a worker's wrapper comes after the cause": (
        "dataset-error",
        crash(
            AIT,
            "PIL.UnidentifiedImageError: Caught UnidentifiedImageError in DataLoader worker process 0.\n"
            + traceback(AIT, "PIL.UnidentifiedImageError: cannot identify image file '/data/maya/._001.jpg'"),
        ),
    ),
    "other ranks wait for the one that failed": (
        "cuda-oom",
        HEADS[DIF]
        + progress(DIF)
        + "".join(f"[rank1]: {line}\n" for line in traceback(DIF, OUT_OF_MEMORY).splitlines())
        + "[rank0]:[E ProcessGroupNCCL.cpp:563] [Rank 0] Watchdog caught collective operation timeout: WorkNCCL\n"
        + LAUNCHERS[DIF].format(1),
    ),
    "what fails while an error is handled": (
        "cuda-oom",
        HEADS[SDS]
        + progress(SDS)
        + traceback(SDS, OUT_OF_MEMORY)
        + "\nDuring handling of the above exception, another exception occurred:\n\n"
        + fatal(SDS, "RuntimeError: CUDA error: an illegal memory access was encountered"),
    ),
    "a failed import that the run goes on from": (
        "missing-dependency",
        "Failed to import the diffusion_models module. Error: cannot import name 'X' from 'diffusers'\n"
        + crash(AIT, "OSError: Qwen/Qwen-Image does not appear to have a file named model_index.json.", 0),
    ),
    "sampling failed before, something else ended the run": (
        "nan-loss",
        SAMPLING + progress(ONE, 15) + fatal(ONE, NAN),
    ),
    "a batch was skipped before": (
        "checkpoint-not-saving",
        SKIPPED + "Saving at step 250\n" + fatal(AIT, "OSError: [Errno 28] No space left on device"),
    ),
    "batches were skipped until it gave up": (
        "cuda-oom",
        SKIPPED
        + "".join(box(n) for n in (1, 2, 3))
        + fatal(AIT, "RuntimeError: OOM during training step 3 times in a row, aborting training"),
    ),
    "stopped by hand because it was slow": (
        "slow-or-stuck",
        HEADS[SDS] + progress(SDS, rate=92.3) + traceback(SDS, STOPPED) + LAUNCHERS[SDS].format(1),
    ),
}
NOTHING_WRONG = {
    "warnings": IGNORED + HEADS[SDS] + progress(SDS, count=60) + "model saved.\n",
    "an error that was mended before the next run": crash(
        DIF, "huggingface_hub.errors.GatedRepoError: 401 Client Error. (Request ID: Root=1-abc)", 0
    )
    + HEADS[DIF]
    + progress(DIF, count=60),
    "stopped by hand": HEADS[SDS] + progress(SDS, count=60) + traceback(SDS, STOPPED) + LAUNCHERS[SDS].format(1),
    "stopped by hand, told by torchrun": HEADS[DIF]
    + progress(DIF, count=60)
    + traceback(DIF, STOPPED)
    + traceback(DIF, "torch.distributed.elastic.multiprocessing.api.SignalException: Process 8100 got signal: 2"),
    "a sample that failed in a way nobody knows": HEADS[ONE]
    + progress(ONE)
    + traceback(ONE, "RuntimeError: odd sampler")
    + progress(ONE, 15),
}
SURVIVED = {
    "sampling": (SAMPLING + progress(ONE, 15), "cuda-oom"),
    "a skipped batch": (SKIPPED, "cuda-oom"),
    "a missing prompt file": (
        HEADS[SDS] + progress(SDS) + "No prompt file / プロンプトファイルがありません: /p.txt\n" + progress(SDS, 15),
        "invalid-config",
    ),
}


def report(diagnostician: Diagnostician, log: str) -> Report:
    return diagnostician.diagnose(Bundle("", (Attachment.from_bytes("log.txt", log.encode()),)))


@pytest.mark.parametrize("case", FIRST)
def test_the_cause_comes_first(diagnostician: Diagnostician, case: str) -> None:
    rule, log = FIRST[case]
    first = report(diagnostician, log).findings[0]
    assert first.id == rule
    assert "went on" not in first.summary


@pytest.mark.parametrize("case", NOTHING_WRONG)
def test_a_run_that_was_well_has_no_finding(diagnostician: Diagnostician, case: str) -> None:
    assert report(diagnostician, NOTHING_WRONG[case]).findings == ()


@pytest.mark.parametrize("case", SURVIVED)
def test_what_the_training_survived_is_a_warning_that_says_so(diagnostician: Diagnostician, case: str) -> None:
    log, rule = SURVIVED[case]
    first = report(diagnostician, log).findings[0]
    assert (first.id, first.severity) == (rule, Severity.WARNING)
    assert "went on" in first.summary


def test_nan_stays_critical_though_the_training_goes_on(diagnostician: Diagnostician) -> None:
    log = HEADS[AIT] + progress(AIT) + "loss is nan\n" * 3 + progress(AIT, 15)
    first = report(diagnostician, log).findings[0]
    assert (first.id, first.severity) == ("nan-loss", Severity.CRITICAL)
    assert "went on" not in first.summary


def test_the_shown_line_is_the_one_that_ended_the_run(diagnostician: Diagnostician) -> None:
    log = SAMPLING + progress(ONE, 15) + fatal(ONE, OUT_OF_MEMORY)
    first = report(diagnostician, log).findings[0]
    last = max(n for n, line in enumerate(log.split("\n"), 1) if "CUDA out of memory" in line)
    assert (first.id, first.severity, first.evidence[0].line) == ("cuda-oom", Severity.CRITICAL, last)


def test_a_known_error_that_is_printed_twice_is_not_unknown(diagnostician: Diagnostician) -> None:
    assert report(diagnostician, crash(AIT, NO_CONTROL)).unknown == ()
    assert len(report(diagnostician, crash(AIT, "RuntimeError: boom")).unknown) == 1


RAISED = {
    rule: [line for line in lines if re.match(r"[A-Za-z_][\w.]*(?:Error|Exception|Invalid): ", line)]
    for rule, lines in MESSAGES.items()
    if rule != NOTHING
}


@pytest.mark.parametrize("rule", [rule for rule, lines in RAISED.items() if lines])
@pytest.mark.parametrize("trainer", [AIT, SDS])
def test_every_known_exception_comes_first_in_a_whole_log(
    diagnostician: Diagnostician, rule: str, trainer: str
) -> None:
    for error in RAISED[rule]:
        if rule == "unknown-crash" or "CalledProcessError" in error:
            continue
        found = report(diagnostician, crash(trainer, error, 0))
        assert [finding.id for finding in found.findings][:1] == [rule], error
        assert found.unknown == (), error
