"""The command line: everything that the window does, with JSON that carries the evidence."""
