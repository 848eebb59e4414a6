"""What is each line of the audit trail about activities called?"""

ACTIONS: dict[str, str] = {}
