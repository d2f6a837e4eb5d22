"""A Discord on one loopback port: REST, gateway and file server over real sockets, for an unchanged discord.py.

It holds what Discord documents and what its client library relies on; it was never compared with the real service.
"""

from tests.bot.discord.fake.server import FakeDiscord
from tests.bot.discord.fake.world import Fault

__all__ = ["FakeDiscord", "Fault"]
