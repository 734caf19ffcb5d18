"""The vocabulary of the program: types, protocols, registry and tasks. numpy and the standard library only."""
