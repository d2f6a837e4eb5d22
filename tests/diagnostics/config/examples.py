"""Configs as people post them, and short ways to read them."""

from __future__ import annotations

from diagnostics.bundle import Document, Kind
from diagnostics.config import TrainingConfig, read_config

QWEN = """\
---
job: extension
config:
  name: "maya_v3"
  process:
    - type: 'diffusion_trainer'
      training_folder: "output"
      device: cuda:0
      trigger_word: "maya_char"
      network:
        type: "lora"
        linear: 16
        linear_alpha: 32
      save:
        dtype: float16 # precision to save
        save_every: 340
        max_step_saves_to_keep: 4
      datasets:
        - folder_path: 'D:\\data\\40_maya_char'
          caption_ext: "txt"
          caption_dropout_rate: 0.05
          num_repeats: 2
          resolution: [ 512, 768, 1024 ]
        - folder_path: "D:/data/20_maya_char_realbody"
          caption_ext: "txt"
      train:
        batch_size: 1
        steps: 3400
        gradient_accumulation: 2
        gradient_checkpointing: true
        noise_scheduler: "flowmatch"
        optimizer: "adamw8bit"
        lr: 2e-4   # as in the guide
        dtype: bf16
      model:
        name_or_path: "Qwen/Qwen-Image-Edit-2509"
        arch: "qwen_image_edit_plus"
        quantize: true
        qtype: "uint3|someone/adapters/qwen.safetensors"
        low_vram: true
      sample:
        sampler: "flowmatch"
        sample_every: 250
        samples:
          - prompt: "[trigger] in a cafe"
meta:
  name: "[name]"
"""

FLUX = """\
job: extension
config:
  name: my_flux
  process:
  - type: sd_trainer
    training_folder: output
    network: {type: lora, linear: 64, linear_alpha: 64}
    save:
      save_every: 200
    datasets:
    - folder_path: /data/flux
      caption_ext: txt
      cache_latents_to_disk: true
      resolution: [512, 768]
    train:
      batch_size: 2
      steps: 5000
      gradient_accumulation_steps: 4
      optimizer: prodigy
      lr: 0.0004
      noise_scheduler: flowmatch
      ema_config:
        use_ema: true
      dtype: bf16
    model:
      name_or_path: black-forest-labs/FLUX.1-dev
      is_flux: true
      quantize: true
"""

KOHYA_TOML = """\
# config_lora-20260101.toml
[model_arguments]
pretrained_model_name_or_path = "D:/models/sd_xl_base_1.0.safetensors"
[training]
train_data_dir = 'D:\\train\\maya'
resolution = "1024,1024"
caption_extension = ".txt"
output_dir = "D:/out"
output_name = "maya"
unet_lr = 1e-4
text_encoder_lr = [5e-5, 5e-5]
max_train_epochs = 10
train_batch_size = 2
network_module = "networks.lora"
network_dim = 32
mixed_precision = "fp16"
optimizer_type = "AdamW8bit"
save_every_n_epochs = 1
"""

KOHYA_COMMAND = """\
accelerate launch --num_cpu_threads_per_process 8 "sdxl_train_network.py" \\
  --pretrained_model_name_or_path="D:/m/sdxl.safetensors" \\
  --train_data_dir="C:/Users/user/lora/image" --resolution=1024,1024 \\
  --network_alpha="16" --network_module=networks.lora --unet_lr=0.0001 \\
  --network_dim 32 --train_batch_size="2" --mixed_precision=fp16 \\
  --gradient_checkpointing --xformers --max_train_steps 1600 --save_every_n_steps=200
"""

KOHYA_GUI = """\
{
  "LoRA_type": "Standard",
  "caption_extension": ".txt",
  "epoch": 10,
  "learning_rate": 0.0001,
  "max_resolution": "1024,1024",
  "max_train_steps": 0,
  "mixed_precision": "bf16",
  "network_alpha": 16,
  "network_dim": 32,
  "optimizer": "AdamW8bit",
  "pretrained_model_name_or_path": "stabilityai/stable-diffusion-xl-base-1.0",
  "save_every_n_epochs": 1,
  "train_batch_size": "2",
  "train_data_dir": "/data/img",
  "text_encoder_lr": "5e-5",
  "unet_lr": "0.0003"
}
"""

DATASET_TOML = """\
[general]
enable_bucket = true
caption_extension = ".txt"

[[datasets]]
resolution = [768, 1024]
batch_size = 4

  [[datasets.subsets]]
  image_dir = 'E:\\data\\subject'
  class_tokens = "maya woman"
  num_repeats = 3
"""

ALL = {
    "qwen.yaml": QWEN,
    "flux.yaml": FLUX,
    "kohya.toml": KOHYA_TOML,
    "train.sh": KOHYA_COMMAND,
    "gui.json": KOHYA_GUI,
    "dataset.toml": DATASET_TOML,
}


def document(text: str, name: str = "config.yaml", first_line: int = 1) -> Document:
    return Document(name, Kind.CONFIG, text, first_line)


def read(text: str, name: str = "config.yaml") -> TrainingConfig:
    config = read_config(document(text, name))
    assert config is not None
    return config


def kinds(text: str) -> dict[str, int]:
    """Observation -> the line it stands on."""
    return {seen.kind: seen.evidence.line for seen in read(text).observations}


def line_of(text: str, part: str) -> int:
    """The 1-based line of the one place where `part` stands."""
    assert text.count(part) == 1, part
    return text[: text.index(part)].count("\n") + 1
