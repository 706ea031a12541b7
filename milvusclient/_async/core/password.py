"""Going on with another password."""

from __future__ import annotations

from milvusclient._async.core.binding import AsyncBinding
from milvusclient._async.core.caller import AsyncCaller
from milvusclient.config.credentials import make_token
from milvusclient.runtime import named_configs
from milvusclient.runtime.callsite import closed_here

__all__ = ["with_password"]


async def with_password(caller: AsyncCaller, password: str) -> AsyncCaller:
    """The same caller with another password of the same user; its connection is opened by whoever uses it first.

    A derived alias follows from the credentials, so that is another alias, and the old connection stays as it is: it
    may be somebody else's. A given alias stays, so its connection, whose password is no longer one, is closed; whoever
    else uses it learns why. What the alias is registered for follows.
    """
    old = caller.binding
    config = old.config.with_token(make_token(old.config.user, password, ""))
    alias = config.alias if old.alias == old.config.alias else old.alias
    if alias == old.alias:
        await old.close(closed_here("update_password(reset_connection=True)"))
    known = named_configs.registered(old.alias)
    if known is not None and not known.differences(old.config):
        named_configs.register(old.alias, config)
    return AsyncCaller(AsyncBinding(alias, config, old.timeout), caller.client_options)
