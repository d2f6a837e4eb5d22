"""A Slack on one loopback port: Web API, Socket Mode and files over real sockets, for unchanged slack_bolt, slack_sdk.

It holds what Slack documents and what its client libraries rely on; it was never compared with the real service.
"""

from tests.bot.slack.fake.server import FakeSlack
from tests.bot.slack.fake.world import Fault

__all__ = ["FakeSlack", "Fault"]
