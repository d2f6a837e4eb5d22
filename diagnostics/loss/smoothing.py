"""How far a logged loss is smoothed: told from the values themselves, since logs rarely say."""

from __future__ import annotations

import numpy as np

from diagnostics.loss.order import quantiles
from diagnostics.loss.prepare import Floats

LOOKED_AT = 8192
"""Values looked at: enough for the longest epoch seen, and bounded for long logs."""
LONGEST_LAG = 3000
FEWEST = 24
"""Below this many values autocorrelations are noise."""
ANTICORRELATED = -0.2
"""Increments of a raw log have autocorrelation -1/2 at lag 1 (difference of independent noise)."""
WINDOW_DIP = -0.22
"""Increments of a moving average over W values, (x[t] - x[t-W]) / W, have autocorrelation -1/2 at lag W."""
SMOOTH = 0.6
DECORRELATED = 0.2


def smoothing_length(log_loss: Floats) -> int:
    """Return over how many logged values the log is smoothed; 1 for a raw log.

    `log_loss` is the natural logarithm of the loss. A moving average (sd-scripts' `avr_loss`, an epoch long) shows in
    the autocorrelation of its increments, an exponential one in the lag at which the detrended log decorrelates. A
    level that wanders under raw noise is not smoothing: its increments are strongly anti-correlated at lag 1.
    (Autocorrelation of differenced moving averages: Box & Jenkins, Time Series Analysis, ch. 3.)
    """
    if len(log_loss) < FEWEST:
        return 1
    values = log_loss[:LOOKED_AT]
    increments = np.diff(values)
    low, high = quantiles(increments, (0.01, 0.99))
    increments = np.clip(increments, low, high)
    if autocorrelation(increments, 1)[0] < ANTICORRELATED:
        return 1
    of_level = _detrended_autocorrelation(values, len(log_loss))
    if of_level[0] < SMOOTH:
        return 1
    of_increments = autocorrelation(increments, min(len(increments) // 3, LONGEST_LAG))
    if len(of_increments) > 6:
        lag = int(of_increments[3:].argmin()) + 3
        if of_increments[lag] < WINDOW_DIP:
            return lag + 1
    below = np.flatnonzero(of_level < DECORRELATED)
    return max(2, int(below[0]) + 1) if len(below) else len(of_level)


def autocorrelation(values: Floats, lags: int) -> Floats:
    """Return the autocorrelation of `values` at lags 1..lags (zeros where the values are constant)."""
    n = len(values)
    centred = values - values.mean()
    variance = float(centred @ centred)
    lags = max(lags, 1)
    if variance <= 0 or n <= lags:
        return np.zeros(lags)
    if lags <= 16:
        return np.array([centred[lag:] @ centred[:-lag] for lag in range(1, lags + 1)]) / variance
    size = 1 << int(np.ceil(np.log2(2 * n)))
    spectrum = np.fft.rfft(centred, size)
    return np.asarray(np.fft.irfft(spectrum * np.conj(spectrum), size)[1 : lags + 1] / variance)


def _detrended_autocorrelation(values: Floats, logged: int) -> Floats:
    """Median autocorrelation over up to four stretches, each freed of its cubic trend."""
    stretches = 1 if logged < 400 else 2 if logged < 1500 else 4
    length = len(values) // stretches
    x = np.linspace(-1.0, 1.0, length)
    basis = np.linalg.qr(np.stack([np.ones_like(x), x, x * x, x**3], axis=1))[0]
    lags = min(length // 2, LONGEST_LAG)
    found = []
    for start in range(0, stretches * length, length):
        stretch = values[start : start + length]
        found.append(autocorrelation(stretch - basis @ (basis.T @ stretch), lags))
    return np.asarray(np.median(np.array(found), axis=0))
