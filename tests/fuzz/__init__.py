"""What is asked of the site at random: a few hundred cases with every suite, more in ``make long``.

``FUZZ=10000`` asks so many of the pages and of the API, and a tenth of it with damaged workbooks.
"""

import os
import random

CASES = int(os.environ.get("FUZZ", "0"))  # 0: as few as a suite has time for
SEED = int(os.environ.get("FUZZ_SEED", "0")) or (random.SystemRandom().getrandbits(31) if CASES else 20251128)


def dice():
    """A new generator of this run's seed, which is printed where a test fails."""
    print(f"FUZZ_SEED={SEED}")
    return random.Random(SEED)
