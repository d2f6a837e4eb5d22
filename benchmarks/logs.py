"""Logs for measuring: what trainers write, at any size, and what a hostile person would."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

_BLOCKS = " ▏▎▍▌▋▊▉"
_FRAMES = ("run", "hook_train_loop", "train_single_accumulation", "__getitem__", "forward")
_ERRORS = (
    "torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate {0:.2f} GiB. GPU 0 has a total capacity of "
    "23.69 GiB of which 1.02 GiB is free. Including non-PyTorch memory, this process has 22.60 GiB memory in use.",
    "ModuleNotFoundError: No module named 'bitsandbytes'",
    "OSError: [Errno 28] No space left on device",
    "RuntimeError: Expected all tensors to be on the same device, but found at least two devices, cuda:0 and cpu!",
    "KeyError: 'lora_unet_{0:.0f}'",
)
_WARNINGS = (
    "/venv/lib/python3.11/site-packages/torch/utils/checkpoint.py:92: UserWarning: None of the inputs have "
    "requires_grad=True. Gradients will be None",
    "Saved checkpoint to output/my_lora/my_lora_000000250.safetensors",
    "Saving at step 250",
    "huggingface/tokenizers: The current process just got forked, after parallelism has already been used.",
)
_NEAR = (
    b"CUDA out of memor\r\ntorch.cuda.OutOfMem\r\nTried to allocate 2.00\r\nModuleNotFoundErro\r\nNo module name\r\n"
    b"No space left on devic\r\nRuntimeErro\r\nValueErro:\r\n| 250/2000 [05:11<36:23,  1.25s/it, lr: 1.0e-04 loss:\r\n"
)


def typical(size: int, seed: int = 1) -> Iterator[bytes]:
    """An ai-toolkit run of some `size` bytes: refreshes, and a warning each 20,000 of them; it ends in an error."""
    rng = random.Random(seed)
    total, written, step = size // 118, 0, 0
    yield b"Running 1 job\n# Running job: my_lora\nLoading transformer\n"
    while written < size:
        parts = []
        for _ in range(5_000):
            step += 1
            full, rest = divmod(min(step, total) * 80 // total, 8)
            drawn = ("█" * full + _BLOCKS[rest])[:10].ljust(10)
            loss = 0.1 + 0.1 * rng.random() + 0.2 / (1 + step / 1000)
            parts.append(
                f"\rmy_lora: {100 * step // total:3d}%|{drawn}| {step}/{total} [{_clock(step)}<{_clock(total - step)}, "
                f" {1.2 + rng.random() / 10:.2f}s/it, lr: 1.0e-04 loss: {loss:.3e}]"
            )
            if step % 20_000 == 0:
                parts.append(f"\n{rng.choice(_WARNINGS)}\n")
        data = "".join(parts).encode()
        written += len(data)
        yield data
    yield b"\n" + _traceback(rng)


def tracebacks(size: int, seed: int = 2) -> Iterator[bytes]:
    """Nothing but tracebacks."""
    rng = random.Random(seed)
    written = 0
    while written < size:
        data = b"".join(_traceback(rng) for _ in range(500))
        written += len(data)
        yield data


def repeated(unit: bytes) -> Callable[[int], Iterator[bytes]]:
    """The same bytes again and again, behind a line that makes it a log."""

    def parts(size: int) -> Iterator[bytes]:
        yield b"Traceback (most recent call last):\n"
        block = unit * (1 + (1 << 20) // len(unit))
        for _ in range(max(size // len(block), 1)):
            yield block

    return parts


def noise(size: int, seed: int = 3) -> Iterator[bytes]:
    """Bytes by chance, behind a line that makes it a log."""
    rng = random.Random(seed)
    yield b"Traceback (most recent call last):\n" + b"loss = step(batch)\n" * 5_000
    for _ in range(size >> 20):
        yield rng.randbytes(1 << 20)


HOSTILE: dict[str, Callable[[int], Iterator[bytes]]] = {
    "one line": repeated(b"the quick brown fox jumps over lazy dog tensor model layer attention weight batch "),
    "near misses": repeated(_NEAR),
    "escape codes": repeated(b"\x1b[1m\x1b[31m\x1b[0m\x1b[38;5;196mx\x1b[0m"),
    "random bytes": noise,
}


def write(path: Path, parts: Iterator[bytes]) -> Path:
    """Write a log, unless it is there already."""
    if not path.exists():
        with path.open("wb") as file:
            file.writelines(parts)
    return path


def _traceback(rng: random.Random) -> bytes:
    frames = "".join(
        f'  File "/app/ai-toolkit/jobs/BaseTrainJob.py", line {rng.randrange(10, 3000)}, in {rng.choice(_FRAMES)}\n'
        "    loss = self.train_single_accumulation(batch)\n"
        for _ in range(rng.randrange(3, 14))
    )
    error = rng.choice(_ERRORS).format(rng.uniform(0.02, 20))
    return f"Traceback (most recent call last):\n{frames}{error}\n".encode()


def _clock(seconds: int) -> str:
    hours, rest = divmod(max(seconds, 0), 3600)
    return f"{hours}:{rest // 60:02d}:{rest % 60:02d}" if hours else f"{rest // 60:02d}:{rest % 60:02d}"
