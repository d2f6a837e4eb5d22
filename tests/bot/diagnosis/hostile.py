"""Jobs that do what a hostile file might, by the name of the file; all others are diagnosed."""

import ctypes
import logging
import os
import signal
import warnings

from bot.cases.model import Result
from bot.diagnosis import worker
from bot.diagnosis.job import Job

_honest = worker._diagnose


def run(job: Job) -> Result:
    worker._diagnose = _diagnose
    return worker.run(job)


def _diagnose(job: Job) -> Result:
    names = {file.name for file in job.files}
    if "hang.txt" in names:
        # deaf to SIGTERM, and the interpreter's lock held: the worst a native parser can do
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
        ctypes.PyDLL(None).pause()
    if "eat.txt" in names:
        hoard = []
        while True:
            hoard.append(bytearray(1 << 24))
    if "die.txt" in names:
        os.kill(os.getpid(), signal.SIGSEGV)
    if "warn.txt" in names:
        said = job.files[0].path.read_text()
        warnings.warn(said, stacklevel=1)
        logging.getLogger("library").warning("read %s", said)
    if "starve.txt" in names:
        os.kill(os.getpid(), signal.SIGKILL)
    return _honest(job)
