"""Entry conditions, entry orders and the orders that protect or close a position."""
