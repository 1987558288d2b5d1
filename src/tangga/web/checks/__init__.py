"""What is unsafe for production, each thing with what to do about it (`tangga web check`)."""
