"""Draws messages as Slack does, for the README and for a look at a change: `python -m docs.slack_look`"""
