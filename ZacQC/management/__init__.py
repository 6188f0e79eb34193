"""Retracement detection, trading gates and the account's daily limits."""
