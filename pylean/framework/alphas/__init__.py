"""Alpha models: they make insights."""
