"""Universes: what chooses the securities of an algorithm while it runs."""
