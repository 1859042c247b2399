"""All that touches MiniStack's own modules, pinned to the version that `PINNED` names.

`seams` lists every name of MiniStack that is used or replaced, and a test holds each of them
against the installed version, so that a new MiniStack breaks in one place and says where.
"""

PINNED = "1.5.33"
