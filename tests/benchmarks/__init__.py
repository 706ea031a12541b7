"""What calls cost: this client beside the reference client and beside raw gRPC. Run ``python -m tests.benchmarks``."""
