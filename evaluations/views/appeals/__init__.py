"""Which pages lead a member through an appeal, and which the committee?"""
