"""Going on with another password."""

from __future__ import annotations

from dataclasses import replace

from milvusclient._async.binding import AsyncBinding
from milvusclient._async.caller import AsyncCaller
from milvusclient._callsite import closed_here
from milvusclient.config import make_token
from milvusclient.policy.deadline import Deadline

__all__ = ["with_password"]


async def with_password(caller: AsyncCaller, password: str, deadline: Deadline) -> AsyncCaller:
    """The same caller, logged in with another password of the same user.

    A derived alias follows from the credentials, so that is another alias. A given one stays, so its connection, whose
    password is no longer one, is closed; whoever else uses it learns why.
    """
    old = caller.binding
    config = replace(old.config, token=make_token(old.config.user, password, ""))
    alias = config.alias if old.alias == old.config.alias else old.alias
    if alias == old.alias:
        await old.close(closed_here("update_password(reset_connection=True)"))
    binding = AsyncBinding(alias, config, old.timeout)
    await binding.open(deadline)
    return AsyncCaller(binding, caller.database, caller.policy)
