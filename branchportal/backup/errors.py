"""Why could a backup not be made or brought back?"""


class BackupError(Exception):
    """It could not be done; the message says why and what to do. Nothing half-done is left."""
