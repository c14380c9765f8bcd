# target: ended, count, twice, times
import atexit
import os
import signal
import sys

log, signals, entered = [], [], []
atexit.register(log.append, 1)
atexit._run_exitfuncs()
ended = len(log)
signal.signal(signal.SIGUSR1, lambda number, frame: signals.append("sig"))
signal.raise_signal(signal.SIGUSR1)
count = len(signals)
os.kill(os.getpid(), signal.SIGUSR1)
twice = len(signals)


def note(frame, event, argument):
    if event == "call":
        entered.append(frame.f_code.co_name)


def work():
    pass


sys.setprofile(note)
work()
sys.setprofile(None)
times = entered.count("work")
