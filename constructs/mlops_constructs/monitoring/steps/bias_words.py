"""Bias metrics in plain sentences."""

from collections.abc import Mapping

SAYS: Mapping[str, str] = {
    "CI": "how much larger the other group is, as a share of both",
    "DPL": "share whose label is favourable: of the others less of the group",
    "KL": "how far the labels of the others are from those of the group, in nats",
    "JS": "how far the labels of either group are from those of both, in nats",
    "LP": "straight-line distance between the two groups' shares of labels",
    "TVD": "share of labels that would have to change for the groups to be alike",
    "KS": "largest difference between the two groups in the share of any label",
    "CDDL": "the group's part of the unfavourable labels less its part of the favourable ones, "
    "averaged over strata",
    "DPPL": "share that is answered favourably: of the others less of the group",
    "DI": "share of the group that is answered favourably, divided by that of the others; under "
    "0.8 is what the four-fifths rule calls adverse impact",
    "CDDPL": "the group's part of the unfavourable answers less its part of the favourable ones, "
    "averaged over strata",
    "DCA": "favourable labels for each favourable answer: of the others less of the group",
    "DCR": "unfavourable labels for each unfavourable answer: of the group less of the others",
    "RD": "of those whose label is favourable, the share that is answered so: of the others less "
    "of the group",
    "SD": "of those whose label is unfavourable, the share that is answered so: of the group less "
    "of the others",
    "AD": "share of right answers: of the others less of the group",
    "DAR": "of favourable answers, the share that is right: of the others less of the group",
    "DRR": "of unfavourable answers, the share that is right: of the group less of the others",
    "TE": "wrong refusals for each wrong grant: of the group less of the others",
    "GE": "how unevenly wrong answers benefit people, whichever their group; 0 if all are right",
}
"""What each metric is. The four-fifths rule: Code of Federal Regulations, title 29, 1607.4(D)."""
