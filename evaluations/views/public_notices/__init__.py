"""What do people see of public notices and objections?"""
