"""What each file is: archives and encodings opened safely, kinds judged by content."""

from diagnostics.intake.limits import Limits
from diagnostics.intake.read import MESSAGE, Intake, read_bundle

__all__ = ["MESSAGE", "Intake", "Limits", "read_bundle"]
