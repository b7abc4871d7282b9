"""Python's garbage collector, told what stays."""

import gc


def freeze_loaded_modules() -> None:
    """Exclude what is loaded at startup from later collections.

    Ocean's modules are hundreds of thousands of objects. A full collection examined them all, for 200 ms on a
    slow machine, in which nothing else runs.
    """
    gc.collect()
    gc.freeze()
