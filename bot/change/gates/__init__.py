"""The gates: each a pure function over data, with a name, a verdict and a sentence. What it cannot read, it refuses."""
