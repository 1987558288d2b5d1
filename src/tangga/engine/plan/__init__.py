"""Who stands on which rung, what comes next, for whom is there a place?"""
