"""The facts a rule may ask about: the names that every expression in `knowledge/` is checked against.

`diagnostics` fills these in from what was handed in; a field that nothing in the bundle shows stays ``None``, and an
expression that needs it comes out as "to check" instead of a guess.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from knowledge.picture_facts import DatasetFacts, LoraFacts, MachineFacts, SampleFacts, TestedFacts

__all__ = [
    "ConfigFacts",
    "DatasetFacts",
    "Facts",
    "LogFacts",
    "LoraFacts",
    "LossFacts",
    "MachineFacts",
    "MessageFacts",
    "SampleFacts",
    "TestedFacts",
]


@dataclass(frozen=True, slots=True)
class ConfigFacts:
    """What the training configuration says, in normal names, whichever trainer wrote it."""

    trainer: str | None = None
    """ai-toolkit, sd-scripts, musubi-tuner, onetrainer, diffusion-pipe, simpletuner, diffusers, diffsynth-studio."""
    model: str | None = None
    """The base model as written: a hub name or a path."""
    arch: str | None = None
    """Model family in the trainer's own word, e.g. qwen_image_edit_plus, flux, sdxl."""
    transformer: bool | None = None
    """True for DiT models (Flux, Qwen-Image, Wan ...), False for U-Net models (SD 1.5, SDXL)."""
    network_type: str | None = None
    rank: int | None = None
    alpha: float | None = None
    learning_rate: float | None = None
    """The rate that reaches the LoRA weights (U-Net or transformer)."""
    text_encoder_learning_rate: float | None = None
    optimizer: str | None = None
    lr_scheduler: str | None = None
    warmup_steps: float | None = None
    """Steps; a value below 1 is a share of the run, as sd-scripts reads it."""
    batch_size: int | None = None
    gradient_accumulation: int | None = None
    gradient_checkpointing: bool | None = None
    max_grad_norm: float | None = None
    steps: int | None = None
    """Optimizer steps that the whole run is to take."""
    epochs: float | None = None
    """Only where the trainer has such a field, or the dataset size in the bundle lets it be computed."""
    precision: str | None = None
    """fp32, fp16, bf16: what the training computes in."""
    quantize: bool | None = None
    quantize_type: str | None = None
    low_vram: bool | None = None
    blocks_to_swap: int | None = None
    cache_latents: bool | None = None
    cache_text_embeddings: bool | None = None
    no_half_vae: bool | None = None
    full_half: bool | None = None
    """True where even the weights train in 16 bit (full_fp16, full_bf16)."""
    train_text_encoder: bool | None = None
    train_network: bool | None = None
    """False where the config switches off training of the U-Net or transformer."""
    noise_scheduler: str | None = None
    ema: bool | None = None
    output_dir: str | None = None
    output_name: str | None = None
    save_every: int | None = None
    """Steps between two checkpoints."""
    save_every_epochs: int | None = None
    save_keep: int | None = None
    sample_every: int | None = None
    dataset_paths: tuple[str, ...] = ()
    repeats: tuple[int, ...] = ()
    """Repeats of each dataset folder, in the order of `dataset_paths`."""
    resolution: tuple[int, ...] = ()
    caption_extension: str | None = None
    caption_dropout: float | None = None
    trigger_word: str | None = None
    lora_scale: float | None = None
    """alpha / rank where it has an effect; None on models where the trainer ignores alpha."""
    defaulted: frozenset[str] = frozenset()
    """Names of the fields above that no file sets: the trainer's default holds."""


@dataclass(frozen=True, slots=True)
class LogFacts:
    """What the training log shows of the run."""

    trainer: str | None = None
    trainer_version: str | None = None
    python_version: str | None = None
    torch_version: str | None = None
    cuda_version: str | None = None
    gpu: str | None = None
    vram_gib: float | None = None
    vram_free_gib: float | None = None
    vram_other_gib: float | None = None
    """Memory that other processes hold on the card, as an out-of-memory message lists it."""
    vram_requested_gib: float | None = None
    ram_gib: float | None = None
    model: str | None = None
    rank: int | None = None
    alpha: float | None = None
    learning_rate: float | None = None
    batch_size: int | None = None
    gradient_accumulation: int | None = None
    images: int | None = None
    images_with_repeats: int | None = None
    epochs: int | None = None
    last_epoch: int | None = None
    steps: int | None = None
    first_step: int | None = None
    last_step: int | None = None
    resumed_from: int | None = None
    seconds_per_step: float | None = None
    """Median over the training bar's refreshes."""
    slowdown: float | None = None
    """Seconds per step at the end divided by those at the start."""
    nan_steps: int | None = None
    """Points of the curve that are NaN, infinite, or the exact 0.000e+00 that ai-toolkit prints for them."""
    first_nan_step: int | None = None
    checkpoints: int | None = None
    last_checkpoint_step: int | None = None
    samples: int | None = None
    finished: bool | None = None
    crashed: bool | None = None
    exit_status: int | None = None
    phase: str | None = None
    """Where the log ends: loading, caching, sampling, training, saving."""
    free_disk_gib: float | None = None


@dataclass(frozen=True, slots=True)
class LossFacts:
    """The verdict on the loss curve, as rules may ask about it."""

    pattern: str | None = None
    confidence: float | None = None
    points: int | None = None
    start: float | None = None
    end: float | None = None
    drop: float | None = None
    """(start - end) / start, 0..1; negative where the loss rose."""
    slope_per_1k: float | None = None
    spike_rate: float | None = None
    plateau_step: int | None = None
    profile_fits: bool | None = None
    """True where the levels can be compared with the profile's reference curve."""
    second_witness_needed: bool | None = None
    """True where a healthy run can look the same."""


@dataclass(frozen=True, slots=True)
class MessageFacts:
    """What the person says in their own words, taken as said."""

    gpu: str | None = None
    vram_gib: float | None = None
    ram_gib: float | None = None
    images: int | None = None
    rank: int | None = None
    learning_rate: float | None = None
    batch_size: int | None = None
    steps: int | None = None
    epochs: int | None = None
    strength: float | None = None
    """LoRA strength (weight, scale) the samples were made with."""
    checkpoint_epoch: int | None = None
    checkpoint_step: int | None = None
    seconds_per_step: float | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything an expression may name, one group each: ``config.batch_size``, ``message.strength``."""

    config: ConfigFacts = field(default_factory=ConfigFacts)
    log: LogFacts = field(default_factory=LogFacts)
    loss: LossFacts = field(default_factory=LossFacts)
    dataset: DatasetFacts = field(default_factory=DatasetFacts)
    message: MessageFacts = field(default_factory=MessageFacts)
    samples: SampleFacts = field(default_factory=SampleFacts)
    lora: LoraFacts = field(default_factory=LoraFacts)
    machine: MachineFacts = field(default_factory=MachineFacts)
    tested: TestedFacts = field(default_factory=TestedFacts)
