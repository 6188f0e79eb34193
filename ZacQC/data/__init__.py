"""Per-symbol market data: bar ring, day accumulators, daily history and the metrics made of them."""
