"""How does a member appeal against a figure, and how is the appeal decided, corrected and compiled?"""
