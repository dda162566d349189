"""Waiting for what has to happen, instead of sleeping for as long as it usually takes."""

import os
import time

PATIENCE_SECONDS = float(os.environ.get("SWITCHYARD_PATIENCE", "30"))


def eventually(check, what="the expected state", seconds=None):
    """Calls `check` until it returns something true, and returns that.

    An AssertionError of `check` means "not yet". The time is a bound for hopeless cases, never
    something that a test measures.
    """
    limit = time.monotonic() + (PATIENCE_SECONDS if seconds is None else seconds)
    pause, last = 0.005, None
    while True:
        try:
            last = check()
            if last:
                return last
        except AssertionError as error:
            last = error
        if time.monotonic() > limit:
            raise AssertionError(f"gave up waiting for {what}; seen last: {last!r}")
        time.sleep(pause)
        pause = min(pause * 1.5, 0.25)
