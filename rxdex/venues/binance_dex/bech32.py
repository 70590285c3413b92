"""Addresses as bech32 (BIP 173): text for people, with a checksum, around twenty bytes."""

__all__ = ["address_bytes", "encode_address"]

_CHARSET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_VALUE = {character: value for value, character in enumerate(_CHARSET)}
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_CHECKSUM_LENGTH = 6
_BECH32 = 1
_ADDRESS_LENGTH = 20


def _polymod(values: list[int]) -> int:
    checksum = 1
    for value in values:
        top = checksum >> 25
        checksum = (checksum & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate(_GENERATOR):
            if top >> bit & 1:
                checksum ^= generator
    return checksum


def _expanded(prefix: str) -> list[int]:
    return [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix]


def encode_address(prefix: str, raw: bytes) -> str:
    """The text of the address of `raw`, twenty bytes, on the network that `prefix` names."""
    if len(raw) != _ADDRESS_LENGTH:
        raise ValueError(f"an address has {_ADDRESS_LENGTH} bytes, not {len(raw)}")
    # Twenty bytes are 160 bits, exactly 32 groups of five: nothing to pad.
    bits = int.from_bytes(raw, "big")
    data = [bits >> shift & 31 for shift in range(155, -1, -5)]
    residue = _polymod([*_expanded(prefix), *data, *[0] * _CHECKSUM_LENGTH]) ^ _BECH32
    checksum = [residue >> shift & 31 for shift in range(25, -1, -5)]
    return f"{prefix}1{''.join(_CHARSET[value] for value in data + checksum)}"


def address_bytes(address: str) -> tuple[str, bytes]:
    """
    The prefix and the twenty bytes of an address.

    :raises ValueError: when the text is no address; its words say what is wrong
    """
    prefix, one, rest = address.rpartition("1")
    if not one or not prefix.isascii() or not prefix.isalpha():
        raise ValueError("it has no prefix such as 'bnb1'; copy it whole")
    if address != address.lower():
        raise ValueError("it is not in lower case; write all of it so")
    expected = (_ADDRESS_LENGTH * 8) // 5 + _CHECKSUM_LENGTH
    if len(rest) != expected:
        raise ValueError(
            f"it has {len(rest)} characters after '{prefix}1', not {expected}; copy it whole"
        )
    wrong = sorted({character for character in rest if character not in _VALUE})
    if wrong:
        raise ValueError(f"{''.join(wrong)!r} cannot stand in an address; copy it once more")
    values = [_VALUE[character] for character in rest]
    if _polymod([*_expanded(prefix), *values]) != _BECH32:
        raise ValueError("its checksum does not fit, so some character is wrong; copy it once more")
    bits = 0
    for value in values[:-_CHECKSUM_LENGTH]:
        bits = bits << 5 | value
    return prefix, bits.to_bytes(_ADDRESS_LENGTH, "big")
