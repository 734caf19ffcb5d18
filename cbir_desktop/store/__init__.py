"""What is kept on disk: the catalog (the truth) and the keys of everything derived from it."""
