"""Where does each line, dot and bar of a picture lie? Pure geometry; templates/branchportal/pictures/ draws it.

A value is a number or None; None is a gap, never 0. Points are short texts in the units of the picture's own box.
"""
