"""What goes out after the commit: rows written in the act's own transaction, sent by a process of their own."""
