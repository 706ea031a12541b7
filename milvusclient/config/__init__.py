"""Where a connection leads and as whom: uri, credentials, TLS, alias. Values only; nothing here opens anything."""
