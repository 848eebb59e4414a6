"""How is a day written in each language, where Django's own way does not fit the portal's texts?"""
