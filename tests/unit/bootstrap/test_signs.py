import asyncio
import os
import subprocess
import sys

from service.bootstrap.signs import SignsOfLife

PRINTING = """
import os
from service.bootstrap.signs import own_output
kept = own_output()
print("printed", flush=True)
os.write(kept, b"shown")
"""


def test_what_is_printed_is_no_sign_of_life() -> None:
    told = subprocess.run([sys.executable, "-c", PRINTING], capture_output=True, check=True)
    assert (told.stdout, told.stderr) == (b"shown", b"printed\n")


def test_a_reader_that_does_not_read_or_is_gone_holds_up_nobody() -> None:
    async def story() -> None:
        out, to = os.pipe()
        os.set_blocking(to, False)
        while True:
            try:
                os.write(to, b"." * 1024)
            except BlockingIOError:
                break
        signs = SignsOfLife(to, 0.001)
        await signs.start()
        await asyncio.sleep(0.02)
        # Room for some more, and then nobody who reads.
        os.read(out, 100_000)
        await asyncio.sleep(0.02)
        assert os.read(out, 100_000)
        os.close(out)
        await asyncio.sleep(0.02)
        assert signs._task is not None
        assert not signs._task.done()
        await signs.stop()
        os.close(to)

    asyncio.run(story())
