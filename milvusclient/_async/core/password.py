"""Continue with another password."""

from __future__ import annotations

from milvusclient._async.core.binding import AsyncBinding
from milvusclient._async.core.caller import AsyncCaller
from milvusclient.config.credentials import make_token
from milvusclient.runtime import named_configs
from milvusclient.runtime.callsite import record_close

__all__ = ["with_password"]


async def with_password(caller: AsyncCaller, password: str) -> AsyncCaller:
    """Return the same caller with another password of the same user; the first call opens its connection.

    A derived alias follows from the credentials, so the new password means another alias. The old connection stays
    open, as other clients may use it. A given alias stays the same, so its connection, whose password is invalid now,
    is closed, and its other clients are told why. If the alias is registered, the registered settings are updated.

    Args:
        caller: the caller with the old password.
        password: the new password.
    """
    old = caller.binding
    config = old.config.with_token(make_token(old.config.user, password, ""))
    alias = config.alias if old.alias == old.config.alias else old.alias
    if alias == old.alias:
        await old.close(record_close("update_password(reset_connection=True)"))
    known = named_configs.registered(old.alias)
    if known is not None and not known.differences(old.config):
        named_configs.register(old.alias, config)
    return AsyncCaller(AsyncBinding(alias, config, old.timeout), caller.client_options)
