"""`python -m operate`: status, freeze, unfreeze, rollback and preflight."""

import sys

from operate.commands import main

if __name__ == "__main__":
    sys.exit(main())
