"""Adding new rows to the register of the last run, without making that anew."""

from tangga.engine.adding.anew import office_changed, take_over
from tangga.engine.adding.decide import decide
from tangga.engine.adding.rebuild import Rebuild
from tangga.engine.adding.stage import add, inputs_of, unchanged

__all__ = ["Rebuild", "add", "decide", "inputs_of", "office_changed", "take_over", "unchanged"]
