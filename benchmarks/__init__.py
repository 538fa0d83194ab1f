"""What the service costs: a request beside a floor, and the ledger as it grows. `python -m benchmarks`."""
