"""A campaign against the dashboard: what a hostile or unlucky day brings, seeded and repeatable.

- `requests`: damaged and hostile requests to every route, one by one and many at once, and what
  other web sites may try;
- `pages`: links with hostile parameters, followed over Streamlit's websocket;
- `files`: mutated files of every kind, read as data and as codes of one's own;
- `damages`: each of the store's files damaged, then every page, route and list looked at;
- `benchmarks.kills`: trainings killed and gone on with.

Every attempt has a number, and seed and number say all of it.
"""
