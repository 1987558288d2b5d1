"""Example work for a demo or a training: every queue with something in it, made as the pages make
it, by accounts of each role, for families of the release that fit."""
