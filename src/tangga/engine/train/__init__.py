"""Estimate the weights of the linking model with Splink. Linking itself needs no Splink."""

from tangga.engine.train.command import TrainedModel, train_linkage

__all__ = ["TrainedModel", "train_linkage"]
