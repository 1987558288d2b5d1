"""The plan that brings most: a linear programme over states, then whole families in each area."""
