"""Reports of the office with the figures of the register, each a numbered paper."""
