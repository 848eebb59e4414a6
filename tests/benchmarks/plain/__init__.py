"""The reference: the same pages as a plain, good Django project would have them, without rights, audit or autosave."""
