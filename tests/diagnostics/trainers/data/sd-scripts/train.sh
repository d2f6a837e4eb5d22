accelerate launch --num_cpu_threads_per_process 2 sdxl_train_network.py \
  --pretrained_model_name_or_path="/models/sd_xl_base_1.0.safetensors" \
  --dataset_config="/train/mira/dataset.toml" \
  --output_dir="/train/mira/out" --output_name="mira_xl" \
  --network_module=networks.lora --network_dim=16 --network_alpha=8 \
  --learning_rate=1e-4 --unet_lr=1e-4 --text_encoder_lr=5e-5 --network_train_unet_only \
  --optimizer_type="AdamW8bit" --lr_scheduler="cosine" --lr_warmup_steps=50 \
  --max_train_epochs=6 --save_every_n_epochs=2 --save_last_n_epochs=4 \
  --mixed_precision="bf16" --gradient_checkpointing --gradient_accumulation_steps=2 \
  --cache_latents --no_half_vae --sdpa --seed=42 --logging_dir="/train/mira/logs"
