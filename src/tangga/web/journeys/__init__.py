"""A family's climb: visits, care, the ladder."""
