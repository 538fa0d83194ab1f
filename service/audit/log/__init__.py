"""The log: what was done, what was shown, what was refused, sealed so that nobody changes it unseen."""
