"""Exceptions that Lean's algorithms raise by name."""

__all__ = ["RegressionTestException"]


class RegressionTestException(Exception):  # noqa: N818 - Lean's name
    """What a regression algorithm raises when it finds something else than it expects."""
