"""Two made-up shops with orders as real shops have them, for trying everything out.

Nobody in them exists: addresses end in example names, numbers are reserved or obviously made up.
"""
