"""What a request costs, beside a floor: the same SQL statements sent by bare WSGI and psycopg. `python -m benchmarks`."""
