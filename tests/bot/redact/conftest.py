import pytest

from bot.redact import Redactor
from knowledge.redaction import load_redaction


@pytest.fixture(scope="session")
def redactor() -> Redactor:
    return Redactor(load_redaction(), b"a key of the tests")
