"""What algorithms import: this folder goes on the module path so that ``AlgorithmImports`` is found."""
