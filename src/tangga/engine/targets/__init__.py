"""Targets of areas and workers, what was achieved of them, and who cares for which family.

`stage.write_targets` is the order. What is achieved is computed from records, and nowhere typed.
"""
