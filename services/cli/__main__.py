"""`python -m services.cli` is `zac`."""

from __future__ import annotations

from services.cli.app import main

if __name__ == "__main__":
    main()
