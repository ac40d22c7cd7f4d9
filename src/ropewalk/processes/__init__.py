"""The one way in which child processes are started, and the proof that nothing of them is left."""
