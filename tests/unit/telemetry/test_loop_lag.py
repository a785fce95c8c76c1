import asyncio
import time

from service.telemetry.loop_lag import Longest, LoopLag, waited_s
from service.telemetry.metrics import Metrics


class Clock:
    def __init__(self) -> None:
        self.now_s = 100.0

    def read(self) -> float:
        return self.now_s


def test_the_longest_of_the_last_minute_is_told() -> None:
    clock = Clock()
    longest = Longest(clock_s=clock.read)
    for moment, seconds in [(100, 0.3), (110, 0.1), (120, 0.2), (130, 0.05)]:
        clock.now_s = moment
        longest.note(seconds)
    assert longest.seconds() == 0.3
    clock.now_s = 161
    assert longest.seconds() == 0.2
    clock.now_s = 185
    assert longest.seconds() == 0.05
    clock.now_s = 191
    assert longest.seconds() == 0.0


async def blocked_for(lag: LoopLag, seconds: float) -> None:
    await lag.start()
    await asyncio.sleep(0.05)
    time.sleep(seconds)
    await asyncio.sleep(0.05)
    await lag.stop()


def test_what_blocks_the_loop_is_measured() -> None:
    lag = LoopLag(metrics=Metrics(), clock_s=time.perf_counter, waited_s=lambda: 0.0)
    asyncio.run(blocked_for(lag, 0.3))
    # The sleep may not begin at once, so that a little of it is not seen.
    assert lag.lag.seconds() == lag.blocked.seconds() >= 0.25


def test_time_that_the_machine_gave_to_others_is_late_and_blocks_nothing() -> None:
    # As if the machine had run others all the while.
    lag = LoopLag(metrics=Metrics(), clock_s=time.perf_counter, waited_s=time.perf_counter)
    asyncio.run(blocked_for(lag, 0.3))
    assert lag.lag.seconds() >= 0.25
    assert lag.blocked.seconds() == 0.0


def test_the_wait_for_a_processor_never_goes_back() -> None:
    first = waited_s()
    assert 0.0 <= first <= waited_s()
