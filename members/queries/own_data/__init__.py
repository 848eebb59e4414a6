"""What do records, accounts and messages hold about one person, section by section?"""

from members.queries.own_data import account, duties, record

SECTIONS = (*record.SECTIONS, *duties.SECTIONS, *account.SECTIONS)
