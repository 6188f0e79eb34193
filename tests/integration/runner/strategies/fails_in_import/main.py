"""Cannot be loaded."""

from a_module_that_is_nowhere import something
from AlgorithmImports import QCAlgorithm


class FailsInImport(QCAlgorithm):
    """Never exists."""

    helper = something
