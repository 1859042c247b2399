"""Raw files to labelled, split tables."""
