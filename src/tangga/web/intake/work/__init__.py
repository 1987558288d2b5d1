"""What each job does, between its beginning and its end."""
