"""The case service: what was asked, what was found, what was answered. Knows no chat platform."""
