"""The LoRA file: its header alone, never its weights."""
