"""Lean's names by topic; ``AlgorithmImports`` brings them all."""
