"""What does the portal show before anybody has typed anything: a college that never was, always the same one?"""

SEED = 20211012  # the same numbers in, the same people out
