"""Look for free file descriptors before gRPC and the embedded server need them.

Without them gRPC's native core does not report an error: it aborts the process.
"""

from __future__ import annotations

import os

from milvusclient.exceptions import OutOfResourcesError, out_of_resources

__all__ = ["require_channel_descriptors", "require_descriptors"]

#: What opening a connection takes: sockets for several addresses and for DNS, the wake-ups of gRPC's threads (which it
#: opens again when there was no channel before), and files that are read meanwhile.
_FOR_A_CONNECTION = 12
#: The same and the embedded server with its files.
_FOR_A_SERVER = 32


def require_descriptors(*, starts_server: bool) -> None:
    """Check that there are enough free file descriptors to open a connection.

    Args:
        starts_server: the embedded server is started for it.

    Raises:
        OutOfResourcesError: there are not.
    """
    held: list[int] = []
    try:
        held.append(os.open(os.devnull, os.O_RDONLY))
        held.extend(os.dup(held[0]) for _ in range(1, _FOR_A_SERVER if starts_server else _FOR_A_CONNECTION))
    except OSError as error:
        raise out_of_resources(error, "connect") or error from error
    finally:
        for descriptor in held:
            os.close(descriptor)


def require_channel_descriptors(channels: int, more: int) -> None:
    """Check that there are enough free file descriptors to dial channels of a connection; gRPC would take the last one.

    Args:
        channels: how many the connection is to have.
        more: how many of them have no socket yet, or may have none.

    Raises:
        OutOfResourcesError: there are not.
    """
    wanted = _FOR_A_CONNECTION + more
    held: list[int] = []
    try:
        held.append(os.open(os.devnull, os.O_RDONLY))
        held.extend(os.dup(held[0]) for _ in range(1, wanted))
    except OSError as error:
        failed = out_of_resources(error, "connect")
        if failed is None:
            raise
        raise OutOfResourcesError(
            message=f"{failed.message} (channels={channels} takes a file descriptor for each channel, "
            f"and opening {more} of them needs {wanted}; {len(held)} are free)"
        ) from error
    finally:
        for descriptor in held:
            os.close(descriptor)
