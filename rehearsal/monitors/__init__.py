"""Each monitor of each engine, rehearsed: what should ring rings, and nothing else does."""
