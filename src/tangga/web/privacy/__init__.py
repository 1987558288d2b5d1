"""What is held of a person, who saw it, and when it goes."""
