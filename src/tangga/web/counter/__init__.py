"""The counter of an office: who comes, what they get."""
