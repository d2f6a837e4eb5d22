"""Draws messages as Discord does, for the README and for a look at a change: `python -m docs.discord_look`"""
