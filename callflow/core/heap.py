"""Garbage that is looked for less often: most of what a process holds was loaded once and stays."""

import gc

ALLOCATIONS = 50_000
"""Objects made more than were let go of before Python looks for circles among the newest ones; its own 700
are passed many times within one page or one letter.
"""


def settle() -> None:
    """Take what is loaded out of every later search for garbage. For processes that live long: call it once,
    when everything is imported, and before a server makes processes of its own, which then share the memory.
    """
    gc.freeze()
    gc.set_threshold(ALLOCATIONS, 20, 50)
    gc.enable()
