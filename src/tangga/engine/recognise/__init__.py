"""What a file is that nobody has described yet: which layout it fits, or how its columns match."""

from tangga.engine.recognise.recognise import recognise

__all__ = ["recognise"]
