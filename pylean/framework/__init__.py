"""Lean's algorithm framework: its models, and the insights and targets that pass between them."""
