"""The channel: bytes out, bytes in. grpc_aio.py and grpc_sync.py are a pair of equal shape, the only users of gRPC."""
