"""Places, spells of support, rounds, payments and deliveries."""
