"""How long the generated cases go on: once with fixed seeds in `make test`, many times with new ones in `make soak`."""

import os

from hypothesis import settings

TIMES = int(os.environ.get("SOAK_TIMES", "1"))
IS_FIXED = TIMES == 1

settings.register_profile("trama", max_examples=100 * TIMES, deadline=None, derandomize=IS_FIXED, database=None)
settings.load_profile("trama")
