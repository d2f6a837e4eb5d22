"""Diagnosis in processes of its own: whatever a file does, it does it there."""
