"""Whether a window holds enough to be judged, in words."""


def too_few(number: int, needed: int, of: str = "records") -> str:
    """What is lacking; empty if enough is there.

    Args:
        number: How many there are.
        needed: With fewer nothing is judged.
        of: What they are.
    """
    return "" if number >= needed else f"{number:,} {of}, and at least {needed:,} are needed"


def too_few_labels(
    labelled: int, records: int, *, minimum_records: int, minimum_coverage: float
) -> str:
    """What is lacking of the labels; empty if there are enough.

    Args:
        labelled: Records with a label that can be used.
        records: All of the window.
        minimum_records: With fewer labelled ones nothing is judged.
        minimum_coverage: The least share of labelled records, 0 to 1.
    """
    coverage = labelled / records if records else 0.0
    if coverage < minimum_coverage:
        return (
            f"{labelled:,} of {records:,} records have a label ({coverage:.0%}), and at least "
            f"{minimum_coverage:.0%} are needed"
        )
    return too_few(labelled, minimum_records, "records with a label")
