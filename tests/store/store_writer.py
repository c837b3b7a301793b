"""A process that writes into a store and says of each write that it is done; run by the store's tests."""

from __future__ import annotations

import hashlib
import sys
import time
from pathlib import Path

from geo.store import StoreConflict, StoreError, open_store


def body_for(text: str) -> dict[str, str]:
    """Return a body that shows whether it is whole."""
    filling = text * 200
    return {"text": filling, "digest": hashlib.sha256(filling.encode()).hexdigest()}


def say(*words: object) -> None:
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


def main(address: str, number: int, rounds: int, shared: str, sign: str) -> None:
    if sign:
        say("ready")
        while not Path(sign).exists():
            time.sleep(0.002)
    store = open_store(address)
    say("open")
    mine = store.create("scenario", "klein", f"Schreiber {number}", body_for(f"{number}.0"))
    say("made", mine.id)
    for turn in range(1, rounds + 1):
        mine = store.save(mine.id, mine.version, body=body_for(f"{number}.{turn}"), operation=f"{mine.id}-{turn}")
        say("saved", mine.id, mine.version)
        added = False
        while shared and not added:
            now = store.get(shared)
            try:
                store.save(shared, now.version, body={"sum": now.body["sum"] + 1}, operation=f"{mine.id}-sum-{turn}")
                added = True
            except StoreConflict:
                continue
        say("added")


if __name__ == "__main__":
    try:
        main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4], sys.argv[5])
    except StoreError as fault:
        say("failed", fault.code)
        sys.exit(3)
