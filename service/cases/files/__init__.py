"""The files of a case: signed scans, certificates, minutes, evidence."""
