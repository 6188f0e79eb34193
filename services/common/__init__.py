"""What every service shares. Import the module you need: nothing here pulls in gRPC unless it speaks gRPC."""

import os as _os

# gRPC's core notes every lost connection on standard error, past all logging; it reads this when it starts.
_os.environ.setdefault("GRPC_VERBOSITY", "ERROR")
