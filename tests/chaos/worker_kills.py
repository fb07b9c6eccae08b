"""A worker is killed with SIGKILL 200 times, each time after its message has arrived and before it is settled."""

import subprocess
import threading
import time

from instance import Tenant, own_worker_paused, sql, start_worker, wait_until
from receiver import Receiver

KILLS = 200
# That many more, which nobody is killed for.
OTHERS = 100


class Executioner:
    """Kills the worker that has just sent a message, once for each message it is told of."""

    def __init__(self, messages):
        # Half of them before the answer, half when it has been sent and the worker is about to settle it.
        self.before = set(messages[::2])
        self.after = set(messages[1::2])
        self.worker = None
        self.killed = set()
        self.lock = threading.Lock()

    def kill(self, messages, message_id):
        with self.lock:
            if message_id in messages - self.killed:
                self.killed.add(message_id)
                self.worker.kill()


def run(check, note, count):
    receiver = Receiver()
    tenant = Tenant(receiver.url)
    receiver.secret = tenant.secret
    messages = [f"msg_{tenant.name}_{n}" for n in range(KILLS + OTHERS)]
    executioner = Executioner(messages[:KILLS])
    receiver.before_answer = lambda message_id: executioner.kill(executioner.before, message_id)
    receiver.after_answer = lambda message_id: executioner.kill(executioner.after, message_id)
    began = time.monotonic()

    def start():
        # One delivery at a time, so that each kill is of one message.
        executioner.worker = start_worker(1, CONCURRENCY="1", BATCH="1")

    with own_worker_paused():
        tenant.notify(messages)
        start()
        try:
            end = time.monotonic() + 150
            while len(executioner.killed) < KILLS and time.monotonic() < end:
                try:
                    executioner.worker.wait(0.5)
                    start()
                except subprocess.TimeoutExpired:
                    continue
            wait_until(lambda: tenant.states() == {"delivered": len(messages)} or executioner.worker.poll() is not None and start(),
                       60, "every notification is delivered")
        finally:
            executioner.worker.kill()
            executioner.worker.wait()

    tenant.forget_secret()
    lost = set(messages) - set(receiver.seen)
    twice = {message for message, times in receiver.seen.items() if times > 1}
    on_record = int(sql("select count(*) from alerting.delivery_attempt where tenant_id = :tenant and outcome = 'lost'", tenant=tenant.tenant_id))
    note(f"{len(messages)} notifications, {len(executioner.killed)} kills between sending and settling, {len(lost)} lost, "
         f"{receiver.duplicates()} duplicates, {on_record} attempts on record as lost, {time.monotonic() - began:.1f} s")
    check(f"the worker was killed {KILLS} times", len(executioner.killed) == KILLS)
    count("kill -9 of the worker: notifications", len(messages), len(receiver.seen), len(lost), receiver.duplicates(), at_least_once=True)
    check("nothing arrived that was not sent", set(receiver.seen) <= set(messages))
    check("every notification is settled as delivered", tenant.states() == {"delivered": len(messages)})
    check("every delivery was signed", receiver.forged == 0)
    check("at most one duplicate a kill, of the message that it was for, under the same id",
          twice <= executioner.killed and max(receiver.seen.values()) <= 2)
    check("every duplicate has an attempt on record that was lost", on_record >= receiver.duplicates())
