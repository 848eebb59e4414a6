"""What may be typed on the pages about people, accounts and branches?"""
