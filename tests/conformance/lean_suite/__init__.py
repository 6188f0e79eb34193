"""Lean's Python regression algorithms under pylean, compared with what Lean itself prints for them."""
