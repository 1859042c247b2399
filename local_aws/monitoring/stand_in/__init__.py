"""What runs in place of Model Monitor's and Clarify's containers, which are closed software.

It computes what AWS documents, from AWS's formulas; where AWS documents nothing it does what
assumptions.toml says. That it finds something, or nothing, proves nothing about AWS's containers.
It runs as a program of its own and imports nothing else of the local AWS.
"""
