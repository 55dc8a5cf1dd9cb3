"""``python -m hypgeo``: see `hypgeo._cli`."""

import sys

from hypgeo._cli import main

if __name__ == "__main__":
    sys.exit(main())
