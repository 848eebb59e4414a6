"""Where are the worked cases?"""

from pathlib import Path

VECTORS = sorted((Path(__file__).parent.parent / "data" / "vectors").glob("*.json"))
