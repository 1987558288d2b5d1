"""Budgets, targets, plan lines and simulations on screen."""
