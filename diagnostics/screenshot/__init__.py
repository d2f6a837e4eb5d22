"""Screenshots of loss charts: told from other pictures, and read back into a series."""

from diagnostics.screenshot.read import ChartReading, read_chart

__all__ = ["ChartReading", "read_chart"]
