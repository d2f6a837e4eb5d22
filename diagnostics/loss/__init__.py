"""Loss curves: the verdict (`judge`), and the picture that goes with it.

Nothing is imported here: who only reads a verdict that was kept needs none of the arithmetic. Scoring on
labelled curves is in `diagnostics.loss.evaluate`, drawing in `diagnostics.loss.plot`.
"""
