"""A change of the app, for the person who reviews it: what it would do, from both syntheses.

base, head = Assembly(Path("base/cdk.out")), Assembly(Path("cdk.out"))
print(page(compare(base, head)))
"""

from review.assembly import Assembly
from review.compare import compare
from review.findings import Review
from review.page import page
from review.refused import Refused

__all__ = ["Assembly", "Refused", "Review", "compare", "page"]
