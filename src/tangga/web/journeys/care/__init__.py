"""Rehabilitation, support held under check, and moves between areas."""
