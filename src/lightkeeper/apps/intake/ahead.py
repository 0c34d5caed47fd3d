"""Working one step ahead: the next chunk is judged while the database writes the last."""

import threading
from collections.abc import Iterable, Iterator
from queue import Full, Queue
from typing import TypeVar

T = TypeVar("T")

POLL_SECONDS = 0.2


class _End:
    """The last thing in the queue: all is said, or this is why no more comes."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error


def one_ahead(items: Iterable[T]) -> Iterator[T]:
    """The items in their order, each made in a thread while the one before is used.

    At most three are in memory. An error comes after the items before it, and when the caller
    stops, the thread does. The thread must not touch the database: its transaction is ours.
    """
    queue: Queue[T | _End] = Queue(maxsize=1)
    stop = threading.Event()

    def offer(item: T | _End) -> None:
        while not stop.is_set():
            try:
                queue.put(item, timeout=POLL_SECONDS)
                return
            except Full:
                continue

    def work() -> None:
        try:
            for item in items:
                offer(item)
                if stop.is_set():
                    return
            offer(_End())
        except BaseException as error:
            offer(_End(error))

    thread = threading.Thread(target=work, name="intake-ahead", daemon=True)
    thread.start()
    try:
        while True:
            found = queue.get()
            if not isinstance(found, _End):
                yield found
            elif found.error is not None:
                raise found.error
            else:
                return
    finally:
        stop.set()
        thread.join()
