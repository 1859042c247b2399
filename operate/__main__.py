"""`python -m operate`: status, freeze, unfreeze, rollback, preflight and changes."""

import sys

from operate.commands import main

if __name__ == "__main__":
    sys.exit(main())
