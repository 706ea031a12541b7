"""Going on with another password."""

from __future__ import annotations

from dataclasses import replace

from milvusclient._sync.binding import Binding
from milvusclient._sync.caller import Caller
from milvusclient._callsite import closed_here
from milvusclient.config import make_token
from milvusclient.policy.deadline import Deadline

__all__ = ["with_password"]


def with_password(caller: Caller, password: str, deadline: Deadline) -> Caller:
    """The same caller, logged in with another password of the same user.

    A derived alias follows from the credentials, so that is another alias. A given one stays, so its connection, whose
    password is no longer one, is closed; whoever else uses it learns why.
    """
    old = caller.binding
    config = replace(old.config, token=make_token(old.config.user, password, ""))
    alias = config.alias if old.alias == old.config.alias else old.alias
    if alias == old.alias:
        old.close(closed_here("update_password(reset_connection=True)"))
    binding = Binding(alias, config, old.timeout)
    binding.open(deadline)
    return Caller(binding, caller.database, caller.policy)
