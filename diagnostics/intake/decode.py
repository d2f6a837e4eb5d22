"""Where bytes become text: see `diagnostics.text`, which the log reader imports too."""

from diagnostics.text import decode, encoding_of, is_binary

__all__ = ["decode", "encoding_of", "is_binary"]
