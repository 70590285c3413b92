"""What a server's frame may be, judged by its header when nothing of it is kept yet."""

__all__ = ["DATA", "wrong_with"]

#: The opcodes of a frame of data, or of a part of one (RFC 6455, 5.2): on with it, text, binary.
DATA = frozenset({0, 1, 2})

_LONGEST_CONTROL = 125


def wrong_with(opcode: int, length: int, begun: int, most: int, *, is_masked: bool) -> str | None:
    """
    What is wrong with a frame that a server sends, or None.

    :param begun: bytes of the parts that came before
    :param most: bytes that all parts together may have
    """
    if is_masked:
        return "a frame that is masked, as only ours are"
    if opcode not in DATA:
        return f"a control frame of {length} bytes" if length > _LONGEST_CONTROL else None
    if length + begun > most:
        return f"a frame of {length} bytes; raise LineSettings(max_frame={most}) if that is right"
    return None
