"""The worker: the process in which one strategy runs. It imports neither gRPC nor anything else it can do without."""
