"""What a run is: pure functions over one state, no I/O."""
