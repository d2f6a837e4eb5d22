"""Keys that sd-scripts knows, and what people write in their place (library/train_util.py, library/config_util.py)."""

from __future__ import annotations

from diagnostics.config.trainers.words import words

KNOWN = words(
    """v2 v_parameterization pretrained_model_name_or_path tokenizer_cache_dir train_data_dir cache_info
    shuffle_caption caption_separator caption_extension caption_extention keep_tokens keep_tokens_separator
    secondary_separator enable_wildcard caption_prefix caption_suffix color_aug flip_aug face_crop_aug_range
    random_crop debug_dataset resolution cache_latents vae_batch_size cache_latents_to_disk skip_cache_check
    enable_bucket min_bucket_reso max_bucket_reso bucket_reso_steps bucket_no_upscale resize_interpolation
    token_warmup_min token_warmup_step alpha_mask dataset_class caption_dropout_rate
    caption_dropout_every_n_epochs caption_tag_dropout_rate reg_data_dir in_json dataset_repeats output_dir
    output_name save_precision save_every_n_epochs save_every_n_steps save_n_epoch_ratio save_last_n_epochs
    save_last_n_epochs_state save_last_n_steps save_last_n_steps_state save_state save_state_on_train_end resume
    resume_from_huggingface train_batch_size max_token_length mem_eff_attn torch_compile dynamo_backend xformers
    sdpa vae max_train_steps max_train_epochs max_data_loader_n_workers persistent_data_loader_workers seed
    gradient_checkpointing gradient_accumulation_steps mixed_precision full_fp16 full_bf16 fp8_base ddp_timeout
    ddp_gradient_as_bucket_view ddp_static_graph clip_skip logging_dir log_with log_prefix log_tracker_name
    wandb_run_name log_tracker_config wandb_api_key log_config noise_offset noise_offset_random_strength
    multires_noise_iterations ip_noise_gamma ip_noise_gamma_random_strength multires_noise_discount
    adaptive_noise_scale zero_terminal_snr min_timestep max_timestep loss_type huber_schedule huber_c
    huber_scale lowram highvram sample_every_n_steps sample_at_first sample_every_n_epochs sample_prompts
    sample_sampler config_file output_config metadata_title metadata_author metadata_description
    metadata_license metadata_tags prior_loss_weight conditioning_data_dir masked_loss deepspeed zero_stage
    offload_optimizer_device offload_param_device optimizer_type use_8bit_adam use_lion_optimizer learning_rate
    max_grad_norm optimizer_args lr_scheduler_type lr_scheduler_args lr_scheduler lr_warmup_steps lr_decay_steps
    lr_scheduler_num_cycles lr_scheduler_power fused_backward_pass lr_scheduler_timescale
    lr_scheduler_min_lr_ratio dataset_config min_snr_gamma scale_v_pred_loss_like_noise_pred v_pred_like_loss
    debiased_estimation_loss weighted_captions cpu_offload_checkpointing no_metadata save_model_as unet_lr
    text_encoder_lr fp8_base_unet network_weights network_module network_dim network_alpha network_dropout
    network_args network_train_unet_only network_train_text_encoder_only training_comment dim_from_weights
    scale_weight_norms base_weights base_weights_multiplier no_half_vae skip_until_initial_step initial_epoch
    initial_step validation_seed validation_split validate_every_n_steps validate_every_n_epochs
    max_validation_steps cache_text_encoder_outputs cache_text_encoder_outputs_to_disk
    disable_mmap_load_safetensors clip_l clip_g t5xxl ae t5xxl_max_token_length apply_t5_attn_mask
    guidance_scale timestep_sampling sigmoid_scale model_prediction_type discrete_flow_shift weighting_scheme
    logit_mean logit_std mode_scale blocks_to_swap split_mode train_t5xxl controlnet_model_name_or_path
    huggingface_repo_id huggingface_token huggingface_path_in_repo huggingface_repo_type
    huggingface_repo_visibility save_state_to_huggingface async_upload console_log_level console_log_file
    console_log_simple train_text_encoder learning_rate_te learning_rate_te1 learning_rate_te2 block_lr
    stop_text_encoder_training orthogonalize gemma2 sample_batch_size lr_scheduler_type_args training_shift
    enable_preview randomized_image network_reg_alphas network_reg_dims cache_dir train_inpainting prompt
    noise_type dit text_encoder vae_dtype dit_dtype sageattn flash_attn split_attn attn_mode fp8_scaled fp8_vl
    fp8_llm model_version"""
)

MUSUBI = KNOWN | words(
    """edit edit_plus flash3 sage_attn compile compile_backend compile_mode compile_dynamic compile_fullgraph
    compile_cache_size_limit cuda_allow_tf32 cuda_cudnn_benchmark dynamo_mode dynamo_fullgraph dynamo_dynamic
    gradient_checkpointing_cpu_offload use_pinned_memory_for_block_swap block_swap_h2d_only block_swap_ring_size
    img_in_txt_in_offloading disable_numpy_memmap preserve_distribution_shape num_timestep_buckets show_timesteps
    metadata_reso metadata_arch t5 clip task dit_high_noise timestep_boundary offload_inactive_dit text_encoder1
    text_encoder2 image_encoder dit_in_channels fp8_t5 vae_cache_cpu force_v2_1_time_embedding latent_window_size
    bulk_decode f1 one_frame"""
)
"""What musubi-tuner takes besides (src/musubi_tuner/training/parser_common.py and the parsers of its models)."""

CONFUSED = {
    "lr": "learning_rate",
    "learningrate": "learning_rate",
    "train_lr": "learning_rate",
    "rank": "network_dim",
    "dim": "network_dim",
    "lora_rank": "network_dim",
    "network_rank": "network_dim",
    "alpha": "network_alpha",
    "lora_alpha": "network_alpha",
    "linear_alpha": "network_alpha",
    "epochs": "max_train_epochs",
    "num_epochs": "max_train_epochs",
    "num_train_epochs": "max_train_epochs",
    "steps": "max_train_steps",
    "max_steps": "max_train_steps",
    "batch_size": "train_batch_size",
    "optimizer": "optimizer_type",
    "scheduler": "lr_scheduler",
    "caption_ext": "caption_extension",
    "gradient_accumulation": "gradient_accumulation_steps",
    "dataset_dir": "train_data_dir",
    "image_dir": "train_data_dir",
    "instance_data_dir": "train_data_dir",
    "save_every": "save_every_n_steps",
    "save_steps": "save_every_n_steps",
    "base_model": "pretrained_model_name_or_path",
}
"""What other trainers call it -> the key that works here."""

DATASET = words(
    """batch_size bucket_no_upscale bucket_reso_steps enable_bucket max_bucket_reso min_bucket_reso resolution
    network_multiplier validation_seed validation_split validation_split_num resize_interpolation
    skip_image_resolution subsets color_aug face_crop_aug_range flip_aug num_repeats random_crop shuffle_caption
    keep_tokens keep_tokens_separator secondary_separator caption_separator enable_wildcard token_warmup_min
    token_warmup_step caption_prefix caption_suffix custom_attributes system_prompt alpha_mask
    caption_dropout_every_n_epochs caption_dropout_rate caption_tag_dropout_rate caption_extension class_tokens
    cache_info prior_loss_weight multires_training min_orig_resolution max_orig_resolution"""
)
SUBSET = (
    DATASET
    - {
        "subsets",
        "batch_size",
        "enable_bucket",
        "resolution",
        "min_bucket_reso",
        "max_bucket_reso",
        "bucket_no_upscale",
        "bucket_reso_steps",
    }
) | {"image_dir", "is_reg", "metadata_file", "conditioning_data_dir", "cache_dir", "path_pattern", "sample_ratio"}
METADATA_REFUSES = frozenset({"caption_extension", "class_tokens", "is_reg", "cache_info"})
"""A subset with a metadata file takes its captions from there, and refuses these."""
