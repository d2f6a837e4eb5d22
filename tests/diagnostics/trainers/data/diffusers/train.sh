export MODEL_NAME="black-forest-labs/FLUX.1-dev"
accelerate launch train_dreambooth_lora_flux.py \
  --pretrained_model_name_or_path=black-forest-labs/FLUX.1-dev \
  --instance_data_dir=/data/mira \
  --output_dir=/out/mira-flux-lora \
  --mixed_precision="bf16" \
  --instance_prompt="a photo of m1ra woman" \
  --resolution=768 --train_batch_size=1 --gradient_accumulation_steps=4 \
  --rank=16 --optimizer="prodigy" --learning_rate=1. \
  --lr_scheduler="constant" --lr_warmup_steps=0 \
  --max_train_steps=500 --checkpointing_steps=250 \
  --gradient_checkpointing --cache_latents \
  --validation_prompt="m1ra on a market" --validation_epochs=25 --seed="0"
