"""Requests at a constant rate, over kept connections."""

import itertools
import threading
import time

from wire import Wire


def send_at_rate(apis, paths, rate, seconds):
    """Sends a request every 1/rate seconds whatever the answers do, the paths in turn, and returns (path, latency in ms) of each.

    A latency is counted from the instant its request was due, so a slow answer that holds up later requests shows in theirs too."""
    numbers, latencies, failures = itertools.count(), [], []
    begin = time.perf_counter() + 0.1
    total = round(rate * seconds)

    def work(wire):
        try:
            while (number := next(numbers)) < total:
                due = begin + number / rate
                time.sleep(max(0, due - time.perf_counter()))
                path = paths[number % len(paths)]
                wire.get(path)
                latencies.append((path, (time.perf_counter() - due) * 1000))
        except Exception as problem:  # shown by the main thread
            failures.append(problem)

    threads = [threading.Thread(target=work, args=(Wire(api),)) for api in apis]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return latencies


def in_turns(left, right, paths, rounds):
    """Sends each path to both by turns, and returns the latencies in ms of the left and of the right."""
    taken = ([], [])
    wires = (Wire(left), Wire(right))
    for number in range(rounds):
        for path in paths:
            for side in ((0, 1), (1, 0))[number % 2]:
                begin = time.perf_counter()
                wires[side].get(path)
                taken[side].append((time.perf_counter() - begin) * 1000)
    return taken
