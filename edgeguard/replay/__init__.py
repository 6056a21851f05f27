"""Traffic of yesterday against the rules of tomorrow: what would newly be blocked, newly pass, or score otherwise.

Nothing here serves requests. Sources turn files into one neutral form; a side is a ruleset with what surrounds it; the diff of
two sides is added up as requests pass by, so that files of any size take the same memory.
"""
