"""Portfolio construction models: they make targets of insights. Optimizers give the weights."""
