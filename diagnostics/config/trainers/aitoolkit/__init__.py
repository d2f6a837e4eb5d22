"""ostris/ai-toolkit: YAML or JSON, whole or as the process object that it prints to its log."""

from diagnostics.config.trainers.aitoolkit.trainer import AiToolkit

READER = AiToolkit

__all__ = ["READER", "AiToolkit"]
