"""Proposals to correct the register, from the village to the signature and upwards."""
