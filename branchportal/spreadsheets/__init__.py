"""How does the portal read, write and mark the workbooks that offices exchange?

`reading` turns an untrusted upload into plain cells, `values` turns a cell into a text, number or date,
`tables` finds the header and the rows, `writing` makes a workbook from columns and a row function,
`annotating` gives the sender's own file back with the wrong cells marked. `parser` and `marker` run in a
child process with limits; together with `writing` they are the only modules that import openpyxl or calamine.
"""
