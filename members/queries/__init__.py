"""What do the pages about people, accounts and branches read?"""
