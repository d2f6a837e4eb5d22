"""`python -m bot` is `lora-triage`."""

from bot.cli import main

main()
