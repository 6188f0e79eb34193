"""Risk management models: they replace targets that risk too much."""
