"""``python -m graphcut``: see `graphcut._cli`."""

import sys

from graphcut._cli import main

if __name__ == "__main__":
    sys.exit(main())
