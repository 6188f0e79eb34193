"""The services of the platform: each a package that `python -m services.<name>` starts, and what they share."""
