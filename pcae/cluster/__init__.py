"""Training on a Dask cluster: what plays the worker here, and what runs at the machines there."""
