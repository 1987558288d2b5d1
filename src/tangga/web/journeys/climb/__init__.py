"""The cap, empowerment, graduation and what follows."""
