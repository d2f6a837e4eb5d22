"""kohya-ss/sd-scripts: command lines, config and dataset files."""

from diagnostics.config.trainers.sdscripts.trainer import SdScripts

READER = SdScripts

__all__ = ["READER", "SdScripts"]
