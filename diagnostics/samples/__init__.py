"""Sample pictures: how they were made, and what they show when like is compared with like."""
