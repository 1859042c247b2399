"""Runs one command in a process group of its own, and takes the group along when it must end.

The local AWS starts this file with the command as arguments and holds its stdin. A line with a
number asks the command to end: SIGTERM now, SIGKILL so many seconds later. When stdin closes,
because the local AWS ended in whatever way, the group is killed at once. So no child outlives
the process that started it. It imports nothing of this package, to be quick.
"""

import os
import select
import signal
import subprocess
import sys
import threading

# What a shell reports for a process that a signal ended: 128 and the signal's number.
SIGNALLED = 128


def main(command: list[str]) -> int:
    """Run the command until it ends, or must; its exit code, as a container runtime gives it."""
    try:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)
    except OSError as error:
        print(f"{command[0]}: {error.strerror}", file=sys.stderr)
        return 127 if isinstance(error, FileNotFoundError) else 126
    threading.Thread(target=_obey, args=(process,), daemon=True).start()
    code = process.wait()
    _signal(process, signal.SIGKILL)
    return code if code >= 0 else SIGNALLED - code


def _obey(process: subprocess.Popen[bytes]) -> None:
    order = sys.stdin.readline().strip()
    if order:
        _signal(process, signal.SIGTERM)
        # Readable again means closed: the local AWS is gone, so there is no grace left.
        select.select([sys.stdin], [], [], float(order))
    _signal(process, signal.SIGKILL)


def _signal(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        return


if __name__ == "__main__":
    # os._exit: the thread may still wait for stdin, which the interpreter would wait for too.
    code = main(sys.argv[1:])
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
