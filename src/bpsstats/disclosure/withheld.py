"""The mark of a number that is withheld: a NaN that can be told from others.

As R writes a missing value, it is a NaN with a payload of its own. So it goes through arithmetic,
arrays and frames like any number that is not there, figures leave a gap for it, and whoever writes
numbers can say that it was withheld and not that it could not be estimated.
"""

import struct

PAYLOAD = 0x5748  # in the low bits of the mantissa
_LOW_BITS = 0xFFFFFFFF
WITHHELD: float = struct.unpack("<d", struct.pack("<Q", 0x7FF8000000000000 | PAYLOAD))[0]


def is_withheld(value: object) -> bool:
    """Whether a number is the mark of one that is withheld.

    Examples
    --------
    >>> import numpy as np
    >>> is_withheld(WITHHELD), is_withheld(-2 * np.array([WITHHELD, 1.0])[0] + 1)
    (True, True)
    >>> is_withheld(float("nan")), is_withheld(3), is_withheld("x")
    (False, False, False)
    """
    if not isinstance(value, float) or value == value:
        return False
    (bits,) = struct.unpack("<Q", struct.pack("<d", value))
    return bool(bits & _LOW_BITS == PAYLOAD)
