import pytest

from runtime.bench.memory import parts

pytestmark = pytest.mark.unit

SMAPS = """\
55d0c0000000-55d0c0021000 rw-p 00000000 00:00 0                          [heap]
Size:                132 kB
Rss:                2000 kB
Pss:                2000 kB
7f1000000000-7f1000800000 rw-p 00000000 00:00 0
Rss:                5000 kB
7f1001000000-7f1001800000 r--s 00000000 08:01 17                         /var/models/smol/Smol 1.gguf
Rss:                4000 kB
7f1002000000-7f1002800000 r-xp 00000000 08:01 18                         /env/site-packages/numpy/core/a.so
Rss:                1000 kB
7f1003000000-7f1003800000 r-xp 00000000 08:01 19                         /env/site-packages/numpy.libs/b.so
Rss:                 500 kB
7f1004000000-7f1004800000 r-xp 00000000 08:01 20                         /usr/lib/libc.so.6
Rss:                 100 kB
"""


def test_memory_is_counted_for_whom_it_is_held():
    found = [(name, round(size * 1e6 / 1024)) for name, size in parts(SMAPS.splitlines())]
    assert found == [
        ("allocated, large or of threads", 5000),
        ("model Smol 1.gguf", 4000),
        ("allocated, heap", 2000),
        ("code of numpy", 1500),
        ("code of the system and Python", 100),
    ]
