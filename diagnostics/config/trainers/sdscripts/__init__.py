"""kohya-ss/sd-scripts and its kin: command lines, config and dataset files, the kohya_ss GUI, musubi-tuner."""

from diagnostics.config.trainers.sdscripts.gui import KohyaGui
from diagnostics.config.trainers.sdscripts.trainer import MusubiTuner, SdScripts

__all__ = ["KohyaGui", "MusubiTuner", "SdScripts"]
