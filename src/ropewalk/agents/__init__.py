"""The programs that do the work, under one port."""
