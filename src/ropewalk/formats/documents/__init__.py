"""Document templates as BMAD writes them: read, render, turn into instructions and forms, and check a document."""
