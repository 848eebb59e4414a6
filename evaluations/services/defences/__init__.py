"""How does a defence go from its first line to the figures that count?"""
