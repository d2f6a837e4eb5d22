"""What any chat shows: typed cards made of small blocks, and what its buttons mean. Knows no platform."""
