"""Brokerage models: what a broker takes, what it charges and how an account with it trades."""
