"""A worker's families, visits and year."""
