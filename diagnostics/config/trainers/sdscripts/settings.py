"""The key map of a dataset config."""

from __future__ import annotations

from diagnostics.config.settings import Type, setting

IN_DATASET_CONFIG = (
    # the same in a dataset config, looked for in subset, dataset, general: the nearest wins
    setting("batch_size", "batch_size", Type.INT, 1),
    setting("resolution", "resolution", Type.INTS),
    setting("caption_extension", "caption_extension", Type.TEXT, ".caption"),
    setting("caption_dropout", "caption_dropout_rate", Type.FLOAT),
    setting("trigger_word", "class_tokens", Type.TEXT),
)
