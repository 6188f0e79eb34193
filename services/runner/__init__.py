"""The runner: finds and checks strategies, and executes each run in a process of its own."""
