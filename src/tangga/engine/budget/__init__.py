"""Budgets, what is owed, and payments held against it: the money of the measured plan."""
