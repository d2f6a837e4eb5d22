"""The key map that sd-scripts, its config TOML and musubi-tuner share."""

from __future__ import annotations

from diagnostics.config.settings import Setting, Type, setting

SETTINGS = (
    setting("model", "pretrained_model_name_or_path dit", Type.TEXT),
    setting("network_type", "network_module", Type.TEXT),
    setting("rank", "network_dim", Type.INT, 4),
    setting("alpha", "network_alpha", Type.FLOAT, 1.0),
    setting("learning_rate", "unet_lr learning_rate", Type.FLOAT, 2e-6),
    setting("text_encoder_learning_rate", "text_encoder_lr", Type.FIRST),
    setting("optimizer", "optimizer_type", Type.TEXT, "AdamW"),
    setting("lr_scheduler", "lr_scheduler", Type.TEXT, "constant"),
    setting("warmup_steps", "lr_warmup_steps", Type.FLOAT, 0.0),
    setting("gradient_accumulation", "gradient_accumulation_steps", Type.INT, 1),
    setting("gradient_checkpointing", "gradient_checkpointing", Type.BOOL, False),
    setting("max_grad_norm", "max_grad_norm", Type.FLOAT, 1.0),
    setting("steps", "max_train_steps", Type.INT, 1600),
    setting("epochs", "max_train_epochs", Type.FLOAT),
    setting("precision", "mixed_precision", Type.TEXT, "no"),
    setting("full_half", "full_bf16 full_fp16", Type.BOOL, False),
    setting("quantize", "fp8_scaled fp8_base fp8_base_unet", Type.BOOL, False),
    setting("blocks_to_swap", "blocks_to_swap", Type.INT, 0),
    setting("cache_text_embeddings", "cache_text_encoder_outputs_to_disk cache_text_encoder_outputs", Type.BOOL, False),
    setting("no_half_vae", "no_half_vae", Type.BOOL, False),
    setting("output_dir", "output_dir", Type.TEXT),
    setting("output_name", "output_name", Type.TEXT),
    setting("save_every", "save_every_n_steps", Type.INT),
    setting("save_every_epochs", "save_every_n_epochs", Type.INT),
    setting("save_keep", "save_last_n_epochs", Type.INT),
    setting("sample_every", "sample_every_n_steps", Type.INT),
)
DATASET_SETTINGS = (
    setting("batch_size", "train_batch_size", Type.INT, 1),
    setting("cache_latents", "cache_latents_to_disk cache_latents", Type.BOOL, False),
    setting("resolution", "resolution", Type.INTS),
    setting("caption_extension", "caption_extension caption_extention", Type.TEXT, ".caption"),
    setting("caption_dropout", "caption_dropout_rate", Type.FLOAT, 0.0),
)
IN_DATASET_CONFIG = (
    # the same in a dataset config, looked for in subset, dataset, general: the nearest wins
    setting("batch_size", "batch_size", Type.INT, 1),
    setting("resolution", "resolution", Type.INTS),
    setting("caption_extension", "caption_extension", Type.TEXT, ".caption"),
    setting("caption_dropout", "caption_dropout_rate", Type.FLOAT),
    setting("trigger_word", "class_tokens", Type.TEXT),
)
ALL: dict[str, Setting] = {each.name: each for each in (*SETTINGS, *DATASET_SETTINGS)}
