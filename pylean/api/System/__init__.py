"""What algorithms import from .NET's ``System``."""
