"""Keys that ai-toolkit knows, by section, and what people write in their place (toolkit/config_modules.py)."""

from __future__ import annotations

from diagnostics.config.trainers.words import words

TRAINING_TYPES = words(
    """sd_trainer diffusion_trainer ui_trainer concept_slider slider ultimate_slider image_reference_slider
    textual_inversion"""
)
SECTIONS = ("network", "save", "datasets", "train", "model", "sample", "logging")

KNOWN: dict[str, frozenset[str]] = {
    "process": words(
        """type training_folder sqlite_db_path device device_ids performance_log_every log_dir trigger_word network
        save datasets train model sample logging adapter embedding decorator slider first_sample
        progress_bar_desc name meta guidance validation is_latents_cached training_seed ema
        merge_network_on_save custom_pipeline save_root inpaint hf_token random_triggers lora_path
        input_folder"""
    ),
    "network": words(
        """type rank linear linear_alpha alpha conv conv_alpha dropout rank_dropout module_dropout normalize
        network_kwargs lorm transformer_only transformer_kwargs lokr_full_rank lokr_factor old_lokr_format
        split_multistage_loras pretrained_lora_path layer_offloading name network_type lora_path"""
    ),
    "save": words(
        """save_every dtype save_dtype max_step_saves_to_keep save_format push_to_hub hf_repo_id hf_private
        save_every_n_epochs"""
    ),
    "datasets": words(
        """type folder_path dataset_path default_caption trigger_word random_triggers random_triggers_max caption_ext
        caption_type random_scale random_crop resolution scale buckets bucket_tolerance is_reg
        network_weight token_dropout_rate shuffle_tokens caption_dropout_rate keep_tokens flip_x flip_y
        augments control_path control_path_1 control_path_2 control_path_3 control_transparent_color
        inpaint_path full_size_control_images alpha_mask mask_path unconditional_path invert_mask
        mask_min_value poi use_short_captions num_repeats cache_latents cache_latents_to_disk
        cache_clip_vision_to_disk cache_text_embeddings standardize_images augmentations
        shuffle_augmentations guidance_type clip_image_path clip_image_from_same_folder
        clip_image_augmentations clip_image_shuffle_augmentations replacements loss_multiplier num_workers
        prefetch_factor extra_values square_crop replay_transforms num_frames shrink_video_to_frames fps
        debug controls fast_image_size do_i2v do_audio batch_size size pair_folder pos_folder neg_folder
        target_class auto_frame_count image_dir prior_reg min_resolution max_resolution video_path name"""
    ),
    "train": words(
        """noise_scheduler content_or_style content_or_style_reg steps lr unet_lr text_encoder_lr refiner_lr
        embedding_lr adapter_lr optimizer optimizer_params lr_scheduler lr_scheduler_params
        min_denoising_steps max_denoising_steps batch_size dtype xformers sdp train_unet train_text_encoder
        train_refiner train_turbo show_turbo_outputs min_snr_gamma snr_gamma learnable_snr_gos noise_offset
        skip_first_sample force_first_sample gradient_checkpointing weight_jitter merge_network_on_save
        max_grad_norm start_step free_u adapter_assist_name_or_path adapter_assist_type noise_multiplier
        target_noise_multiplier random_noise_multiplier random_noise_shift img_multiplier
        noisy_latent_multiplier latent_multiplier negative_prompt max_negative_prompts reg_weight
        num_train_timesteps adaptive_scaling_factor prompt_dropout_prob match_noise_norm
        gradient_accumulation_steps gradient_accumulation short_and_long_captions
        short_and_long_captions_encoder_split single_item_batching match_adapter_assist match_adapter_chance
        loss_target inverted_mask_prior inverted_mask_prior_multiplier diff_output_preservation
        diff_output_preservation_multiplier diff_output_preservation_class blank_prompt_preservation
        blank_prompt_preservation_multiplier standardize_images standardize_latents dynamic_noise_offset
        do_cfg do_random_cfg cfg_scale max_cfg_scale cfg_rescale correct_pred_norm
        correct_pred_norm_multiplier loss_type pred_scaler prompt_saturation_chance do_prior_divergence
        ema_config target_norm_std target_norm_std_value timestep_type next_sample_timesteps
        linear_timesteps linear_timesteps2 disable_sampling unload_text_encoder cache_text_embeddings
        do_paramiter_swapping paramiter_swapping_factor bypass_guidance_embedding
        latent_feature_extractor_path latent_feature_loss_weight diffusion_feature_extractor_path
        diffusion_feature_extractor_weight optimal_noise_pairing_samples force_consistent_noise
        blended_blur_noise do_guidance_loss guidance_loss_target unconditional_prompt
        do_guidance_loss_cfg_zero do_differential_guidance differential_guidance_scale switch_boundary_every
        validation_config max_loss audio_loss_multiplier seed reg_every do_batch_cfg attention_backend
        compile"""
    ),
    "model": words(
        """name_or_path name_or_path_original is_v2 is_xl is_pixart is_pixart_sigma is_auraflow is_v3 is_flux
        is_lumina2 use_flux_cfg is_ssd is_vega is_v_pred dtype vae_path refiner_name_or_path
        refiner_start_at lora_path assistant_lora_path inference_lora_path latent_space_version
        use_text_encoder_1 use_text_encoder_2 experimental_xl text_encoder_bits unet_path unet_sample_size
        vae_device vae_dtype te_device te_dtype quantize quantize_te qtype qtype_te low_vram attn_masking
        ignore_if_contains only_if_contains quantize_kwargs split_model_over_gpus
        split_model_other_module_param_count_scale te_name_or_path arch extras_name_or_path
        accuracy_recovery_adapter compile block_compile model_kwargs layer_offloading auto_memory
        layer_offloading_transformer_percent layer_offloading_text_encoder_percent model_paths
        quantize_device transformer_path text_encoder_path tokenizer_path unconditional_name_or_path
        revision variant"""
    ),
    "sample": words(
        """sampler sample_every width height neg seed walk_seed guidance_scale sample_steps network_multiplier
        guidance_rescale format ext adapter_conditioning_scale refiner_start_at extra_values num_frames fps
        prompts samples prompts_2 sample_start_step ctrl_img do_cfg_norm prompt_file name cfg_rescale"""
    ),
}

CONFUSED: dict[str, dict[str, str]] = {
    "train": {
        "learning_rate": "train.lr",
        "learningrate": "train.lr",
        "transformer_lr": "train.lr",
        "network_lr": "train.lr",
        "max_train_steps": "train.steps",
        "max_steps": "train.steps",
        "num_steps": "train.steps",
        "total_steps": "train.steps",
        "train_steps": "train.steps",
        "train_batch_size": "train.batch_size",
        "optimizer_type": "train.optimizer",
        "scheduler": "train.lr_scheduler",
        "mixed_precision": "train.dtype",
        "precision": "train.dtype",
        "ema": "train.ema_config.use_ema",
        "use_ema": "train.ema_config.use_ema",
        "max_gradient_norm": "train.max_grad_norm",
        "save_every": "save.save_every",
        "sample_every": "sample.sample_every",
        "quantize": "model.quantize",
        "low_vram": "model.low_vram",
        "resolution": "datasets[0].resolution",
        "num_repeats": "datasets[0].num_repeats",
        "rank": "network.linear",
    },
    "network": {
        "network_dim": "network.linear",
        "dim": "network.linear",
        "r": "network.linear",
        "lora_rank": "network.linear",
        "network_rank": "network.linear",
        "linear_rank": "network.linear",
        "rank_alpha": "network.linear_alpha",
        "network_alpha": "network.linear_alpha",
        "lora_alpha": "network.linear_alpha",
        "lr": "train.lr",
    },
    "datasets": {
        "repeats": "num_repeats",
        "repeat": "num_repeats",
        "dataset_repeats": "num_repeats",
        "caption_extension": "caption_ext",
        "caption_file_ext": "caption_ext",
        "path": "folder_path",
        "folder": "folder_path",
        "image_folder": "folder_path",
        "image_directory": "folder_path",
        "instance_data_dir": "folder_path",
        "train_data_dir": "folder_path",
        "resolutions": "resolution",
        "caption_dropout": "caption_dropout_rate",
        "control_directory": "control_path",
    },
    "save": {
        "save_every_n_steps": "save.save_every",
        "save_steps": "save.save_every",
        "every": "save.save_every",
        "max_saves_to_keep": "save.max_step_saves_to_keep",
    },
    "model": {
        "pretrained_model_name_or_path": "model.name_or_path",
        "model_name_or_path": "model.name_or_path",
        "model_path": "model.name_or_path",
        "base_model": "model.name_or_path",
        "architecture": "model.arch",
        "quantization": "model.quantize",
        "quantize_type": "model.qtype",
        "quant_type": "model.qtype",
        "lowvram": "model.low_vram",
    },
    "sample": {
        "sample_every_n_steps": "sample.sample_every",
        "every": "sample.sample_every",
        "cfg_scale": "sample.guidance_scale",
        "num_inference_steps": "sample.sample_steps",
    },
    "process": {
        "lr": "train.lr",
        "learning_rate": "train.lr",
        "steps": "train.steps",
        "batch_size": "train.batch_size",
        "optimizer": "train.optimizer",
        "gradient_checkpointing": "train.gradient_checkpointing",
        "quantize": "model.quantize",
        "name_or_path": "model.name_or_path",
        "save_every": "save.save_every",
        "sample_every": "sample.sample_every",
        "folder_path": "datasets[0].folder_path",
        "caption_ext": "datasets[0].caption_ext",
        "resolution": "datasets[0].resolution",
        "linear": "network.linear",
        "dataset": "datasets",
    },
}
"""Section -> what people write -> the key that works."""

EPOCHS = frozenset({"epochs", "epoch", "num_epochs", "max_epochs", "max_train_epochs", "num_train_epochs"})

UNETS = frozenset({"sd1", "sd2", "sdxl", "ssd", "vega"})
ARCHS = words(
    """flux flex1 flex2 sd1 sd2 sd3 sdxl ssd vega pixart pixart_sigma auraflow lumina2 wan21 wan21_i2v wan22_5b
    wan22_14b wan22_14b_i2v cogview4 chroma chroma_radiance hidream hidream_e1 hidream_o1 flux_kontext flux2
    flux2_klein_4b flux2_klein_9b omnigen2 f-lite qwen_image qwen_image_edit qwen_image_edit_plus zimage
    zimage_l2p zeta_chroma anima krea2 ideogram4 ernie_image nucleus_image boogu_image boogu_image_edit
    prx_pixel mageflow mageflow_edit minimax_h3 minimax_h3_ref2va ltx2 ltx2.3 ltx2.5 ace_step_15 ace_step_15_xl"""
)
LEGACY_ARCHS = (
    ("is_v2", "sd2"),
    ("is_v3", "sd3"),
    ("is_xl", "sdxl"),
    ("is_pixart", "pixart"),
    ("is_pixart_sigma", "pixart_sigma"),
    ("is_auraflow", "auraflow"),
    ("is_flux", "flux"),
    ("is_lumina2", "lumina2"),
    ("is_vega", "vega"),
    ("is_ssd", "ssd"),
)
SCHEDULERS = frozenset({"cosine", "cosine_with_restarts", "step", "linear", "constant", "constant_with_warmup"})
FLOAT_OPTIMIZERS = frozenset({"adam", "adamw", "adagrad", "adafactor", "automagic", "automagic2"})
"""These pass the rate through float(), so one in quotes does no harm (toolkit/optimizer.py)."""
RESERVED_LR = ("prodigy", "dadaptation")
