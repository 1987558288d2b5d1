"""Letters about adverse moves: notice with reason, basis, and how to object."""
