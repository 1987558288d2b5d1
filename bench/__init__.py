"""How big, how fast, how right: measured side by side with Splink. Not a test; see README.md."""
