"""Commands about the server."""

from __future__ import annotations

from milvusclient.cli.framework.command import Command, pass_session
from milvusclient.cli.framework.failure import Failure
from milvusclient.cli.framework.groups import root
from milvusclient.cli.framework.session import Session, version_words

__all__: list[str] = []


@root.command("server_version", cls=Command)
@pass_session
def server_version(session: Session) -> None:
    """Show the version of the server."""
    found = session.client().get_server_version(session.timeout)
    session.report(version_words(found), server_version=found)


@root.command("health", cls=Command)
@pass_session
def server_health(session: Session) -> None:
    """Show whether the server reports itself as healthy; exit with status 1 if not."""
    found = session.client().check_health(session.timeout)
    session.show_record({"healthy": found.healthy, "reasons": found.reasons, "quota_states": found.quota_states})
    if not found.healthy:
        raise Failure("the server is not healthy")
