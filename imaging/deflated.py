"""A deflated file is unpacked by the parser in one go; how large it would become is found out first."""

import struct
import zlib
from typing import BinaryIO

_DEFLATED = b"1.2.840.10008.1.2.1.99"
_META_BYTES = 4096
_GROUP_LENGTH = b"\x02\x00\x00\x00UL\x04\x00"
_STEP = 2**20


def inflates_beyond(stream: BinaryIO, most: int) -> bool:
    """True when a file in the deflated transfer syntax unpacks to more than `most` bytes, or to nobody knows how many.

    False for every other transfer syntax. The stream is left at its beginning.
    """
    head = stream.read(_META_BYTES)
    stream.seek(0)
    if _DEFLATED not in head:
        return False
    if head[132:140] != _GROUP_LENGTH:
        return True
    stream.seek(144 + struct.unpack_from("<I", head, 140)[0])
    size = _inflated_size(stream, most)
    stream.seek(0)
    return size > most


def _inflated_size(stream: BinaryIO, most: int) -> int:
    """Bytes after unpacking; counting stops beyond `most`, and at damage, which the parser will meet as well."""
    inflater, size = zlib.decompressobj(-zlib.MAX_WBITS), 0
    try:
        while size <= most and not inflater.eof and (packed := inflater.unconsumed_tail or stream.read(_STEP)):
            size += len(inflater.decompress(packed, _STEP))
    except zlib.error:
        return size
    return size
