"""The lines of a plan: proposed, and accepted, changed or rejected by those who are to do them."""
