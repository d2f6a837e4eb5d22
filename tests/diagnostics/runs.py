"""Whole logs of short runs in the form of each trainer: a head, some progress, an error, a launcher's last words."""

import json

OUT_OF_MEMORY = (
    "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 3.75 GiB. GPU 0 has a total capacity of 23.53 GiB of"
    " which 2.59 GiB is free. Of the allocated memory 20.43 GiB is allocated by PyTorch, and 47.16 MiB is reserved by"
    " PyTorch but unallocated."
)
_JOB = {
    "type": "sd_trainer",
    "training_folder": "output",
    "network": {"type": "lora", "linear": 16, "linear_alpha": 16},
    "datasets": [{"folder_path": "/data/maya", "caption_ext": "txt", "resolution": [512]}],
    "train": {"batch_size": 1, "steps": 2000, "optimizer": "adamw8bit", "lr": 0.0001, "dtype": "bf16"},
    "model": {"name_or_path": "black-forest-labs/FLUX.1-dev", "is_flux": True, "quantize": True},
}
HEADS = {
    "ai-toolkit": (
        f"Running 1 job\n{json.dumps(_JOB, indent=4)}\n{'#' * 45}\n# Running job: maya_v1\n{'#' * 45}\n\n"
        "Running  1 process\nLoading Flux model\ncreate LoRA network. base dim (rank): 16, alpha: 16\n"
        "Dataset: /data/maya\n  -  Found 25 images\n"
    ),
    "sd-scripts": (
        "2025-05-01 12:00:00 INFO     Using DreamBooth method.   train_network.py:326\n"
        "                    INFO     210 train images with       train_util.py:1999\n"
        "                             repeats.                                      \n"
        "                    WARNING  no regularization images    train_util.py:2007\n"
        "import network module: networks.lora_flux\nrunning training / 学習開始\n"
        "  num train images * repeats / 学習画像の数×繰り返し回数: 210\n"  # noqa: RUF001
        "  num epochs / epoch数: 10\n  total optimization steps / 学習ステップ数: 2100\nepoch 1/10\n"
    ),
    "onetrainer": "Clearing cache directory workspace-cache/run!\nSelected layers: 304\nDeselected layers: 0\n",
    "diffusion-pipe": "Global batch size = 1\ncaching latents: (512, 512, 1)\nDataset length: 250\n",
    "diffusers": (
        "05/01/2025 10:00:00 - INFO - __main__ - ***** Running training *****\n"
        "05/01/2025 10:00:00 - INFO - __main__ -   Num examples = 25\n"
        "05/01/2025 10:00:00 - INFO - __main__ -   Num batches each epoch = 25\n"
        "05/01/2025 10:00:00 - INFO - __main__ -   Total optimization steps = 500\n"
    ),
}
_BARS = {
    "ai-toolkit": ("maya_v1", 2000, "lr: 1.0e-04 loss: {}"),
    "sd-scripts": ("steps", 2100, "avr_loss={}"),
    "onetrainer": ("step", 250, "loss={}, smooth loss=0.2"),
    "diffusers": ("Steps", 500, "loss={}, lr=0.0001"),
}
_FILES = {
    "ai-toolkit": "/app/ai-toolkit/jobs/process/BaseSDTrainProcess.py",
    "sd-scripts": "/sd-scripts/library/train_util.py",
    "onetrainer": "/OneTrainer/modules/trainer/GenericTrainer.py",
    "diffusion-pipe": "/diffusion-pipe/utils/dataset.py",
    "diffusers": "/diffusers/examples/dreambooth/train_dreambooth_lora_flux.py",
}


def progress(trainer: str, first: int = 1, count: int = 14, rate: float = 2.0) -> str:
    """Return the progress of `count` steps, each at `rate` seconds."""
    steps = range(first, first + count)
    losses = {step: f"{0.1 + step * 37 % 11 / 100:.3g}" for step in steps}
    if trainer == "diffusion-pipe":
        return "".join(f"steps: {n} loss: {losses[n]} iter time (s): {rate} samples/sec: 0.289\n" for n in steps)
    name, total, form = _BARS[trainer]
    bars = (
        f"{name}:   1%|▏         | {n}/{total} [00:10<50:00,  {rate:.2f}s/it, {form.format(losses[n])}]" for n in steps
    )
    return "\r" + "\r".join(bars) + "\n"


def traceback(trainer: str, error: str) -> str:
    """Return a traceback that ends in `error`."""
    file = _FILES[trainer]
    return f'Traceback (most recent call last):\n  File "{file}", line 100, in main\n    trainer.run(args)\n{error}\n'


def fatal(trainer: str, error: str) -> str:
    """Return what a trainer and its launcher print when `error` ends the run."""
    _, _, message = error.partition(": ")
    if trainer == "ai-toolkit":
        result = f"{'=' * 40}\nResult:\n - 0 completed jobs\n - 1 failure\n{'=' * 40}\n"
        return f"Error running job: {message or error}\n\n{result}{traceback(trainer, error)}"
    return traceback(trainer, error) + LAUNCHERS.get(trainer, "").format(1)


def crash(trainer: str, error: str, steps: int = 14) -> str:
    """Return the log of a run that ends in `error` after some steps."""
    return HEADS[trainer] + (progress(trainer, count=steps) if steps else "") + fatal(trainer, error)


_ACCELERATE = (
    'Traceback (most recent call last):\n  File "/venv/bin/accelerate", line 8, in <module>\n    sys.exit(main())\n'
    "subprocess.CalledProcessError: Command '['/venv/bin/python', 'train_network.py']' returned non-zero"
    " exit status {}.\n"
)
LAUNCHERS = {
    "sd-scripts": _ACCELERATE,
    "diffusers": _ACCELERATE.replace("train_network.py", "train_dreambooth_lora_flux.py"),
    "diffusion-pipe": (
        "[2025-01-01 12:10:00,123] [ERROR] [launch.py:325:sigkill_handler] ['/venv/bin/python', '-u', 'train.py']"
        " exits with return code = {}\n"
    ),
}


def box(batch: int) -> str:
    """Return what ai-toolkit prints around a batch that it skips because the card is full."""
    return f"\n{'#' * 48}\n# OOM during training step, skipping batch {batch}/3 #\n{'#' * 48}\n"
