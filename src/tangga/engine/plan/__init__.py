"""Who stands on which rung, what comes next, for whom is there a place?"""

from tangga.engine.plan.stage import run

__all__ = ["run"]
