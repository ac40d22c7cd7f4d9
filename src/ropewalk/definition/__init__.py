"""What a workflow is: pure data, checked whole before anything starts."""
