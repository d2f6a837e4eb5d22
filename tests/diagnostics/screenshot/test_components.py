import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from diagnostics.screenshot.components import Mask, components, grown


def flooded(mask: Mask) -> int:
    """Count the components the slow way."""
    left = {(int(row), int(column)) for row, column in np.argwhere(mask)}
    count = 0
    while left:
        count += 1
        edge = [left.pop()]
        while edge:
            row, column = edge.pop()
            near = {(row + down, column + right) for down in (-1, 0, 1) for right in (-1, 0, 1)} & left
            left -= near
            edge += near
    return count


@given(arrays(np.bool_, array_shapes(min_dims=2, max_dims=2, max_side=14), elements=st.booleans()))
def test_components_are_those_of_a_flood_fill(mask: Mask) -> None:
    found = components(mask)
    assert len(found.pixels) == flooded(mask)
    assert found.pixels.sum() == mask.sum()
    assert ((found.labels >= 0) == mask).all()
    for number in range(len(found.pixels)):
        rows, columns = np.nonzero(found.labels == number)
        box = (columns.min(), columns.max(), rows.min(), rows.max())
        assert box == (found.left[number], found.right[number], found.top[number], found.bottom[number])


def test_growing_reaches_so_far_and_no_further() -> None:
    mask = np.zeros((9, 9), np.bool_)
    mask[4, 4] = True
    assert grown(mask, 2).sum() == 25
