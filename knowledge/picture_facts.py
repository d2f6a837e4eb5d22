"""Facts on the dataset, the sample pictures, the LoRA file and the machine: see `knowledge.facts`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DatasetFacts:
    """What the posted dataset (folder, archive or manifest) shows. Lists hold file names."""

    images: int | None = None
    body_images: int | None = None
    face_images: int | None = None
    captions: int | None = None
    captions_missing: tuple[str, ...] | None = None
    captions_empty: tuple[str, ...] | None = None
    captions_without_trigger: tuple[str, ...] | None = None
    captions_late_trigger: tuple[str, ...] | None = None
    """Captions that have the trigger word, but not at their start."""
    captions_without_image: tuple[str, ...] | None = None
    captions_long: tuple[str, ...] | None = None
    caption_words: int | None = None
    """Median words of a caption."""
    caption_conflicts: tuple[str, ...] | None = None
    """Features that are described in more than one way: ``hair: blonde 12, brown 3``."""
    trigger_word: str | None = None
    """The trigger word that captions were compared with."""
    trigger_known: bool | None = None
    """True where the trigger is a word that every base model knows; False is never said."""
    body_without_tag: tuple[str, ...] | None = None
    """Pictures in a body folder whose caption lacks the body tag."""
    misplaced: tuple[str, ...] | None = None
    """Pictures with the body tag outside the body folder, where there is one."""
    bad_names: tuple[str, ...] | None = None
    """Image names with spaces or special characters."""
    extra_files: tuple[str, ...] | None = None
    unreadable: tuple[str, ...] | None = None
    """Files that could not be opened for want of permission; empty where all could, None where nobody tried."""
    folders: tuple[str, ...] | None = None
    repeats: tuple[int, ...] | None = None
    """Repeats in the names of `folders`."""
    shortest_side: int | None = None
    """Shorter side of the smallest picture, in pixels."""
    small_images: tuple[str, ...] | None = None
    """Pictures whose shorter side is below the guide's 1024 pixels."""
    broken_images: tuple[str, ...] | None = None
    """Pictures that are cut off or damaged."""
    foreign_images: tuple[str, ...] | None = None
    """Pictures of a kind that most trainers do not read."""
    rotated_images: tuple[str, ...] | None = None
    """Pictures that are upright by their Exif data only."""
    renamed_images: tuple[str, ...] | None = None
    """Pictures whose ending is that of another kind."""
    duplicates: tuple[str, ...] | None = None
    """Pairs of equal files, as ``a.png = b.png``."""
    near_duplicates: tuple[str, ...] | None = None
    """Pairs that are one picture in two versions."""
    looked_at: int | None = None
    """Pictures that were unpacked and compared."""
    same_background: int | None = None
    """Per cent of the pictures in the largest group with one background."""
    clipped: float | None = None
    """Per cent of pixels with a burned channel, median over the pictures."""
    weighted_images: int | None = None
    """Pictures times repeats: what one epoch shows."""
    body_ratio: float | None = None
    """Pictures times repeats outside the body folder, divided by those in it."""
    steps_per_epoch: int | None = None
    """Optimizer steps of one epoch by pictures, repeats, batch size and accumulation."""
    total_steps: int | None = None
    """Steps of the run by `steps_per_epoch` and the epochs of the config."""
    total_epochs: float | None = None
    """Epochs of the run by `steps_per_epoch` and the steps of the config."""


@dataclass(frozen=True, slots=True)
class SampleFacts:
    """What the posted sample pictures show. Numbers of prompts are counts; the prompts themselves are never kept."""

    count: int | None = None
    looked_at: int | None = None
    with_metadata: int | None = None
    """Pictures that say how they were made."""
    programs: tuple[str, ...] | None = None
    loras: tuple[str, ...] | None = None
    """Names of all LoRAs that made them."""
    most_loras: int | None = None
    """Most LoRAs that were active beside the trained one in one picture."""
    other_loras: int | None = None
    """Different LoRAs used beside the trained one."""
    lora: str | None = None
    """Name of the LoRA that is taken for the trained one."""
    own_lora: bool | None = None
    """True where that name is the run's by config or LoRA file, False where those name another."""
    without_lora: int | None = None
    """Pictures that say how they were made and name no LoRA."""
    last_checkpoint: bool | None = None
    """True where all were made with the file that the trainer names without a step: its last checkpoint."""
    strengths: tuple[float, ...] | None = None
    """Different strengths of the trained LoRA, ascending."""
    prompts: int | None = None
    seeds: int | None = None
    steps: tuple[int, ...] | None = None
    """Training steps of the checkpoints that made them, ascending."""
    epochs: tuple[int, ...] | None = None
    checkpoints: int | None = None
    """Different checkpoints."""
    models: tuple[str, ...] | None = None
    """Base models that made them."""
    families: tuple[str, ...] | None = None
    """What those models are, as far as it is known: sdxl, flux, qwen-image-edit ..."""
    prompts_differ: bool | None = None
    """True where the compared pictures are known to have different prompts."""
    compared: int | None = None
    """Pictures of the set that was compared: different prompts of one checkpoint where that is known, else all."""
    median_distance: float | None = None
    """Median hash distance of the compared pictures, in bits of 64."""
    alike: int | None = None
    """Per cent of the pairs of compared pictures that are alike."""
    repeating: bool | None = None
    near_duplicates: tuple[str, ...] | None = None
    copies: tuple[str, ...] | None = None
    """Samples that are versions of a training picture, as ``sample.png = 12.png``."""
    same_background: int | None = None
    """Per cent of the compared pictures in the largest group with one background."""
    background_repeats: bool | None = None
    clipped: float | None = None
    """Per cent of pixels with a burned channel, median over the pictures."""
    burned: bool | None = None
    burned_from: int | None = None
    """Step from which on the pictures of the same prompts have burned colours, where earlier ones have not."""
    settled_from: int | None = None
    """Step from which on the pictures of the same prompts stay versions of the last ones."""
    training_pictures: tuple[str, ...] | None = None
    """Pictures among the samples that are files of the dataset."""
    grids: int | None = None
    """Sheets of many pictures, which are not compared."""
    broken: tuple[str, ...] | None = None
    faces: int | None = None
    """Faces that were fit to be compared, where somebody asked for it."""
    face_match: float | None = None
    """Least of the median similarities of each face to the others, -1..1."""
    faces_differ: bool | None = None


@dataclass(frozen=True, slots=True)
class LoraFacts:
    """What the header of the posted LoRA file says."""

    file: str | None = None
    trainer: str | None = None
    name: str | None = None
    """The output name it was trained under."""
    model: str | None = None
    """The base model as the trainer noted it."""
    rank: int | None = None
    alpha: float | None = None
    learning_rate: float | None = None
    batch_size: int | None = None
    gradient_accumulation: int | None = None
    step: int | None = None
    """Training steps that it had when it was saved."""
    epoch: int | None = None
    steps: int | None = None
    """Steps that the run was to take."""
    epochs: int | None = None
    images: int | None = None
    images_with_repeats: int | None = None
    folders: tuple[str, ...] | None = None
    repeats: tuple[int, ...] | None = None
    trigger_word: str | None = None
    modules: int | None = None
    """Layers that it changes."""
    truncated: bool | None = None
    """True where the file is shorter than its header says."""
    untagged: tuple[str, ...] | None = None
    """Folders whose most frequent tag is on fewer pictures than the folder has, as ``40_mia: 38 of 40``."""


@dataclass(frozen=True, slots=True)
class MachineFacts:
    """What `collect` found on the machine of the person."""

    gpu: str | None = None
    vram_gib: float | None = None
    driver: str | None = None
    ram_gib: float | None = None
    torch_version: str | None = None
    python_version: str | None = None
    trainer_version: str | None = None
    paths_missing: tuple[str, ...] | None = None
    """Dataset folders of the config that are not there."""
    output_writable: bool | None = None
    free_disk_gib: float | None = None


@dataclass(frozen=True, slots=True)
class TestedFacts:
    """How the LoRA was tested: by what the pictures say themselves, else by the LoRA file, else by the message."""

    strength: float | None = None
    """LoRA strength; of several the median."""
    least_strength: float | None = None
    most_strength: float | None = None
    checkpoint_epoch: int | None = None
    checkpoint_step: int | None = None
    trained_family: str | None = None
    """What the base model of the training is, as far as it is known: sdxl, flux, qwen-image-edit ..."""
