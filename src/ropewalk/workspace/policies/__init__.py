"""How two versions of one file are joined on their common base: pure functions, and which of them a path takes."""
