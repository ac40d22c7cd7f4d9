"""ropewalk's own format: what may be written (`keys`), what it means (`meaning`), all that is wrong with it (`walk`)."""
