"""Screenshots of loss charts: told from other pictures, and read back into a series."""
