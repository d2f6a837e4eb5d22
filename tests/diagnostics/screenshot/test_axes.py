import numpy as np
import pytest

from diagnostics.screenshot.axes import fit, x_scale, y_scale
from diagnostics.screenshot.numbers import Label
from diagnostics.screenshot.text import Box
from knowledge.model import Knowledge


def label(value: float, x: float, y: float, score: float = 0.8) -> Label:
    return Label(value, x, y, score, Box(int(x) - 8, int(x) + 8, int(y) - 4, int(y) + 4))


def test_a_misread_label_is_outvoted(knowledge: Knowledge) -> None:
    labels = [label(value, x, 300) for value, x in ((0, 50), (100, 150), (700, 250), (300, 350), (400, 450))]
    scale = x_scale(labels, 400, knowledge.screenshots.axis)
    assert scale is not None
    assert scale.labels == 4
    assert scale.values(np.array([250.0])) == pytest.approx([200], abs=1)


def test_a_logarithmic_axis_is_told_from_a_linear_one(knowledge: Knowledge) -> None:
    labels = [label(value, 40, y) for value, y in ((1, 50), (0.1, 150), (0.01, 250))]
    scale = y_scale(labels, [], 220, knowledge.screenshots.axis)
    assert scale is not None
    assert scale.log
    assert scale.values(np.array([100.0])) == pytest.approx([10**-0.5], rel=0.02)


def test_the_factor_over_an_axis_counts(knowledge: Knowledge) -> None:
    labels = [label(value, 40, y) for value, y in ((3, 50), (2, 150), (1, 250))]
    scale = y_scale(labels, [label(1e-3, 60, 20)], 220, knowledge.screenshots.axis)
    assert scale is not None
    assert scale.values(np.array([150.0])) == pytest.approx([0.002], rel=0.01)


def test_steps_that_fall_and_losses_that_rise_downwards_are_no_axes(knowledge: Knowledge) -> None:
    row = [label(value, x, 300) for value, x in ((300, 50), (200, 150), (100, 250))]
    column = [label(value, 40, y) for value, y in ((1, 50), (2, 150), (3, 250))]
    assert x_scale(row, 300, knowledge.screenshots.axis) is None
    assert y_scale(column, [], 300, knowledge.screenshots.axis) is None


@pytest.mark.parametrize(("score", "read"), [(0.99, True), (0.5, False)])
def test_two_labels_make_a_scale_only_where_both_are_certain(score: float, read: bool, knowledge: Knowledge) -> None:
    placed = [(50.0, label(0, 50, 300, score)), (250.0, label(100, 250, 300, score))]
    assert (fit(placed, 4, knowledge.screenshots.axis, log=False) is not None) is read
