"""Short-lived keys to a platform (links of attachments, tokens to answer with), readable for the holder of our key."""

from __future__ import annotations

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken


class Seal:
    """Encrypts what has to be on disk and must not be read there."""

    def __init__(self, key: bytes) -> None:
        own = hmac.new(key, b"seal", hashlib.sha256).digest()
        self._fernet = Fernet(base64.urlsafe_b64encode(own))

    def close(self, text: str) -> str | None:
        """Return `text` sealed; None for nothing."""
        return self._fernet.encrypt(text.encode()).decode() if text else None

    def open(self, sealed: str | None) -> str:
        """Return what was sealed; nothing where the key was another one."""
        try:
            return self._fernet.decrypt(sealed.encode()).decode() if sealed else ""
        except InvalidToken:
            return ""
