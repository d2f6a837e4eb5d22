"""Every key that the trainers' own sources name is known: none is called a slip or unknown."""

import json
from collections.abc import Iterable

import pytest
import yaml

from diagnostics.bundle import Document, Kind
from diagnostics.config import TrainingConfig, read_config

AI_TOOLKIT = {
    "network": "type linear rank linear_alpha alpha conv conv_alpha lokr_full_rank network_kwargs pretrained_lora_path",
    "save": "dtype save_every max_step_saves_to_keep save_format push_to_hub hf_repo_id hf_private",
    "train": """steps batch_size lr unet_lr text_encoder_lr adapter_lr embedding_lr optimizer optimizer_params
        lr_scheduler lr_scheduler_params gradient_accumulation gradient_checkpointing noise_scheduler timestep_type
        dtype max_grad_norm ema_config train_unet train_text_encoder cache_text_embeddings unload_text_encoder
        skip_first_sample force_first_sample disable_sampling min_denoising_steps max_denoising_steps
        content_or_style loss_type snr_gamma min_snr_gamma noise_offset prompt_dropout_prob reg_weight max_loss
        diff_output_preservation diff_output_preservation_class diff_output_preservation_multiplier
        blank_prompt_preservation validation_config start_step""",
    "model": """name_or_path arch quantize quantize_te qtype qtype_te low_vram layer_offloading auto_memory
        layer_offloading_transformer_percent layer_offloading_text_encoder_percent assistant_lora_path
        inference_lora_path lora_path extras_name_or_path te_name_or_path vae_path model_kwargs compile block_compile
        is_flux is_xl is_v3""",
    "sample": """sampler sample_every sample_start_step width height seed walk_seed guidance_scale sample_steps neg
        prompts samples""",
    "logging": "log_every use_wandb project_name run_name use_ui_logger",
}
AI_TOOLKIT_DATASET = """folder_path dataset_path control_path control_path_1 control_path_2 control_path_3 mask_path
    unconditional_path inpaint_path clip_image_path caption_ext caption_type default_caption trigger_word
    caption_dropout_rate shuffle_tokens token_dropout_rate keep_tokens num_repeats resolution buckets bucket_tolerance
    cache_latents cache_latents_to_disk is_reg loss_multiplier network_weight flip_x flip_y random_crop num_frames fps
    batch_size num_workers do_i2v shrink_video_to_frames"""
SD_SCRIPTS = """pretrained_model_name_or_path clip_l t5xxl ae train_data_dir reg_data_dir resolution train_batch_size
    caption_extension caption_extention keep_tokens shuffle_caption caption_dropout_rate caption_tag_dropout_rate
    enable_bucket min_bucket_reso max_bucket_reso bucket_reso_steps bucket_no_upscale network_module network_args
    network_dim network_alpha learning_rate unet_lr text_encoder_lr optimizer_type use_8bit_adam optimizer_args
    lr_scheduler lr_warmup_steps lr_scheduler_num_cycles max_train_steps max_train_epochs gradient_accumulation_steps
    gradient_checkpointing cpu_offload_checkpointing mixed_precision full_fp16 full_bf16 fp8_base fp8_base_unet
    no_half_vae save_precision blocks_to_swap lowram highvram split_mode cache_latents cache_latents_to_disk
    cache_text_encoder_outputs cache_text_encoder_outputs_to_disk vae_batch_size xformers sdpa mem_eff_attn output_dir
    output_name save_every_n_epochs save_every_n_steps save_last_n_epochs save_state resume sample_prompts
    sample_every_n_steps sample_every_n_epochs sample_at_first sample_sampler logging_dir log_with log_prefix
    console_log_file console_log_simple min_snr_gamma noise_offset loss_type huber_c huber_schedule v_parameterization
    zero_terminal_snr timestep_sampling discrete_flow_shift guidance_scale model_prediction_type max_grad_norm
    scale_weight_norms validation_split validate_every_n_steps validate_every_n_epochs in_json dataset_config"""
MUSUBI = """dit vae text_encoder model_version edit edit_plus sdpa flash_attn flash3 xformers sage_attn learning_rate
    network_dim network_alpha network_module max_train_steps max_train_epochs gradient_checkpointing fp8_base fp8_scaled
    gradient_checkpointing_cpu_offload fp8_vl fp8_llm blocks_to_swap block_swap_h2d_only timestep_sampling
    discrete_flow_shift weighting_scheme save_precision save_every_n_steps save_every_n_epochs logging_dir
    sample_prompts dataset_config gradient_accumulation_steps"""
DIFFUSION_PIPE = """output_dir dataset epochs max_steps micro_batch_size_per_gpu pipeline_stages steps_per_print
    gradient_accumulation_steps gradient_clipping warmup_steps lr_scheduler force_constant_lr blocks_to_swap
    activation_checkpointing save_every_n_epochs save_every_n_steps save_every_n_examples checkpoint_every_n_minutes
    checkpoint_every_n_epochs save_dtype caching_batch_size logging_steps x_axis_examples eval_every_n_epochs compile"""
SIMPLE_TUNER = """model_family model_flavour model_type pretrained_model_name_or_path lora_type lora_rank lora_alpha
    lycoris_config learning_rate lr_scheduler lr_warmup_steps max_train_steps num_train_epochs train_batch_size
    gradient_accumulation_steps gradient_checkpointing checkpoint_step_interval checkpointing_steps
    checkpoints_total_limit resume_from_checkpoint mixed_precision base_model_precision quantize_via
    enable_group_offload musubi_blocks_to_swap offload_during_startup optimizer max_grad_norm use_ema ema_decay
    data_backend_config resolution resolution_type caption_strategy instance_prompt caption_dropout_probability
    minimum_image_size validation_step_interval validation_prompt validation_resolution report_to logging_dir
    tracker_run_name output_dir"""
ONE_TRAINER = """training_method model_type base_model_name concept_file_name resolution aspect_ratio_bucketing
    lora_rank lora_alpha peft_type lora_decompose layer_filter layer_filter_preset lora_weight_dtype learning_rate
    learning_rate_scheduler learning_rate_warmup_steps learning_rate_scaler epochs batch_size train_dtype
    gradient_accumulation_steps fallback_train_dtype output_dtype loss_scaler ema ema_decay latent_caching cache_dir
    clear_cache_before_training output_model_destination output_model_format save_every save_every_unit backup_after
    workspace_dir sample_definition_file_name sample_after timestep_distribution timestep_shift noising_weight
    masked_training clip_grad_norm dropout_probability compile validation __version gradient_checkpointing
    layer_offload_fraction save_after unet_learning_rate train_unet"""
DIFFUSERS = """pretrained_model_name_or_path instance_data_dir dataset_name image_column caption_column repeats
    instance_prompt rank lora_alpha resolution train_batch_size gradient_accumulation_steps learning_rate lr_scheduler
    lr_warmup_steps max_train_steps num_train_epochs checkpointing_steps optimizer use_8bit_adam mixed_precision
    gradient_checkpointing cache_latents offload bnb_quantization_config_path validation_prompt validation_epochs
    report_to logging_dir output_dir"""
DIFFSYNTH = """dataset_base_path dataset_metadata_path dataset_repeat data_file_keys extra_inputs height width
    max_pixels model_paths model_id_with_origin_paths learning_rate num_epochs lora_rank lora_base_model
    lora_target_modules trainable_models output_path save_steps use_gradient_checkpointing
    use_gradient_checkpointing_offload
    gradient_accumulation_steps fp8_models offload_models enable_model_cpu_offload dataset_num_workers
    find_unused_parameters enable_tensorboard_log enable_csv_log enable_wandb_log enable_swanlab_log"""


def toml(keys: Iterable[str]) -> str:
    return "".join(f'{key} = "1"\n' for key in keys)


def command(script: str, keys: str) -> str:
    return f"accelerate launch {script} " + " ".join(f"--{key} 1" for key in keys.split()) + "\n"


def ai_toolkit() -> str:
    process: dict[str, object] = {name: dict.fromkeys(keys.split()) for name, keys in AI_TOOLKIT.items()}
    process |= {"type": "sd_trainer", "datasets": [dict.fromkeys(AI_TOOLKIT_DATASET.split())]}
    return yaml.safe_dump({"job": "extension", "config": {"name": "m", "process": [process]}})


FILES = {
    "ai-toolkit": ("config.yaml", ai_toolkit()),
    "sd-scripts": ("config.toml", toml(SD_SCRIPTS.split())),
    "musubi-tuner": ("config.toml", toml(MUSUBI.split())),
    "diffusion-pipe": ("config.toml", toml(DIFFUSION_PIPE.split()) + '[model]\ntype = "qwen_image"\n'),
    "simpletuner": ("config.json", json.dumps({f"--{key}": "1" for key in SIMPLE_TUNER.split()})),
    "onetrainer": ("config.json", json.dumps(dict.fromkeys(ONE_TRAINER.split(), "1"))),
    "diffusers": ("train.sh", command("train_dreambooth_lora_qwen_image.py", DIFFUSERS)),
    "diffsynth-studio": ("train.sh", command("examples/qwen_image/model_training/train.py", DIFFSYNTH)),
}
COMPLAINTS = ("unknown", "ignored-key", "ignored-rate", "unrecognized", "keys-not-known")


def read(trainer: str, extra: str = "") -> TrainingConfig:
    name, text = FILES[trainer]
    found = read_config(Document(name, Kind.CONFIG, extra + text))
    assert found is not None
    return found


def complaints(config: TrainingConfig) -> list[dict[str, str]]:
    return [dict(seen.values) for seen in config.observations if seen.kind.startswith(COMPLAINTS)]


@pytest.mark.parametrize("trainer", FILES)
def test_every_key_of_a_trainer_is_known(trainer: str) -> None:
    config = read(trainer)
    assert config.trainer == trainer
    assert complaints(config) == []


@pytest.mark.parametrize("trainer", ["sd-scripts", "musubi-tuner", "diffusion-pipe"])
def test_another_key_is_told(trainer: str) -> None:
    assert complaints(read(trainer, 'frobnicate_the_moon = "1"\n'))
