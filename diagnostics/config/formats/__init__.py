"""Text to tree, by content: YAML, TOML, JSON, command lines."""

from diagnostics.config.formats.parse import parse

__all__ = ["parse"]
