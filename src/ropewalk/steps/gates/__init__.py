"""The built-in gates, one a file: each gives a Verdict, or raises GateError when it cannot judge at all."""
