"""What is each line of the audit trail about evaluations called?"""

ACTIONS: dict[str, str] = {}
