"""Training configs: recognised by content, read into normal names with the line of every value, patched in place."""

from diagnostics.config.find import find_configs
from diagnostics.config.model import Observation, TrainingConfig
from diagnostics.config.patch import write_patch
from diagnostics.config.read import looks_like_config, read_config
from diagnostics.config.trainers.registry import Trainers

__all__ = [
    "Observation",
    "Trainers",
    "TrainingConfig",
    "find_configs",
    "looks_like_config",
    "read_config",
    "write_patch",
]
