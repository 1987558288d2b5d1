"""The service as processes: those that answer, the one that works, and who keeps them alive."""
