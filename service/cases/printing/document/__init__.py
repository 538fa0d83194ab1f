"""The printed project: what it says (`full`, `plain`), in blocks, and how blocks look (`paper`, `page`)."""
