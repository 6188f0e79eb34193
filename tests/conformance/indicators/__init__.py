"""Lean's indicator tests: the reference files of its own tests, and what its tests ask of every indicator."""
