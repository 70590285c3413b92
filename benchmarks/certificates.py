"""A certificate for this machine alone, for the heats over TLS."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import trustme

__all__ = ["Certificates", "certificates"]


class Certificates(NamedTuple):
    """
    Two files.

    :param server: certificates and key of the server
    :param authority: the certificate that a client has to trust
    """

    server: str
    authority: str


@contextmanager
def certificates() -> Iterator[Certificates]:
    """Made anew, and gone with the block."""
    authority = trustme.CA()
    with tempfile.TemporaryDirectory() as folder:
        made = Certificates(str(Path(folder, "server.pem")), str(Path(folder, "authority.pem")))
        authority.issue_cert("127.0.0.1", "localhost").private_key_and_cert_chain_pem.write_to_path(
            made.server
        )
        authority.cert_pem.write_to_path(made.authority)
        yield made
