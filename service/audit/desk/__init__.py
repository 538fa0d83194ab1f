"""Reading the log, for those who answer for it."""
