"""What do the months and the selection hold about one person, as far as he may see it?"""

from evaluations.queries.own_data import monthly, notices, selection

SECTIONS = (*monthly.SECTIONS, *selection.SECTIONS, *notices.SECTIONS)
