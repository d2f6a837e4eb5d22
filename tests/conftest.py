from pathlib import Path

import pytest

from diagnostics.diagnose import Diagnostician
from knowledge.load import load_knowledge
from knowledge.model import Knowledge

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the reports of tests/bundles anew")


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    return load_knowledge()


@pytest.fixture(scope="session")
def diagnostician(knowledge: Knowledge) -> Diagnostician:
    return Diagnostician(knowledge)


@pytest.fixture(scope="session")
def shared() -> Path:
    if not SHARED.is_dir():
        pytest.skip("the team's shared folder is not beside this checkout")
    return SHARED
