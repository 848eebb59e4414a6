"""Which pages does a defence have: for the office, for judges, for whoever spoke?"""
