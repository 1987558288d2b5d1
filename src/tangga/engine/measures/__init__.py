"""Poverty, inequality, who gets a benefit, and what a transfer would change."""
