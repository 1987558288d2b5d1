"""What would be otherwise: a scenario beside the policy of today, on families and through time."""
