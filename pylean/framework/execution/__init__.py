"""Execution models: they make orders of targets."""
