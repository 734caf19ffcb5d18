"""What the program does, free of Qt: the same for the window and the command line."""
