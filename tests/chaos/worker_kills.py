"""Workers are killed with SIGKILL, again and again, while 1,000 notifications are on their way."""

import random
import time

from instance import Tenant, own_worker_paused, start_worker, wait_until
from receiver import Receiver

NOTIFICATIONS = 1000


def run(check, note, count):
    chance = random.Random(1)
    receiver = Receiver(takes=0.2)
    tenant = Tenant(receiver.url)
    receiver.secret = tenant.secret
    sent = {f"msg_{tenant.name}_{n}" for n in range(NOTIFICATIONS)}
    workers, kills, began = {}, 0, time.monotonic()

    def delivered():
        return tenant.states().get("delivered", 0) == NOTIFICATIONS

    with own_worker_paused():
        tenant.notify(sorted(sent))
        try:
            # Two workers; each lives for half a second to a second and a half and gets a successor.
            while time.monotonic() - began < 60 and not (kills >= 10 and delivered()):
                for number in (1, 2):
                    worker = workers.get(number)
                    if worker is None:
                        workers[number] = (start_worker(number), time.monotonic() + chance.uniform(0.5, 1.5))
                    elif time.monotonic() > worker[1]:
                        worker[0].kill()
                        worker[0].wait()
                        kills += 1
                        del workers[number]
                time.sleep(0.05)
            if 1 not in workers:
                workers[1] = (start_worker(1), None)
            wait_until(delivered, 30, "every notification is delivered")
        finally:
            for worker, _ in workers.values():
                worker.kill()
                worker.wait()

    tenant.forget_secret()
    lost = sent - set(receiver.seen)
    note(f"{NOTIFICATIONS} notifications, {kills} kills, {len(lost)} lost, {receiver.duplicates()} duplicates, "
         f"at most {max(receiver.seen.values())} times the same, {time.monotonic() - began:.1f} s")
    check("at least 10 workers were killed", kills >= 10)
    count("kill -9 of the worker: notifications", len(sent), len(receiver.seen), len(lost), receiver.duplicates(), at_least_once=True)
    check("nothing arrived that was not sent", set(receiver.seen) <= sent)
    check("every notification is settled as delivered", tenant.states() == {"delivered": NOTIFICATIONS})
    check("every delivery was signed", receiver.forged == 0)
    # A kill can repeat what was in flight then, and no more: 32 deliveries.
    check("duplicates are bounded by what was in flight at the kills", receiver.duplicates() <= 32 * kills)
