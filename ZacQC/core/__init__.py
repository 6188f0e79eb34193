"""The strategy itself: the account-wide step, one pipeline per symbol, the fill model, the stage timings."""
