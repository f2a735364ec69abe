"""Where evidence comes from: one small file a source, all behind the port in `source.py`."""
