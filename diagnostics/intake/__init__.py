"""What each file is: archives and encodings opened safely, kinds judged by content."""

from diagnostics.intake.limits import Limits
from diagnostics.intake.read import MESSAGE, Intake, read_bundle
from diagnostics.intake.spool import spool
from diagnostics.intake.workspace import Workspace

__all__ = ["MESSAGE", "Intake", "Limits", "Workspace", "read_bundle", "spool"]
