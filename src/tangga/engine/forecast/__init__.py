"""What comes: by arithmetic where it is sure, family by family; by draws on cells where it is not.

`exact` works out what follows from dates that are known, `cells` draws what does not, `write` puts
both into a folder of results. Decision 0023 says what is which, and why.
"""
