"""Words that are gone from the sources: each idea has one."""

import re

from documents import ROOT, Failure

# The old word, and what says it now.
GONE = {
    "Lane": "WireEncoding", "LaneBatch": "EncodedBatch", "Aftermath": "DeferredEffects", "QuietOrders": "EvictionList",
    "PlaceHosts": "-", "ClientKeptConnection": "KeepAliveConnection", "ClientEnvelope": "JSONMembers",
    "JSONScanner": "JSONMembers", "TrialStage": "TrialEnvironment", "Cast": "Processes", "Course": "Outcome",
    "StormFigures": "StormMetrics, StormCharts", "Contrast": "PairComparison", "Tally": "VerdictCount",
    "AuthAxis": "AuthMetric", "CredentialStanding": "CredentialStatus", "traveller": "clientLabel",
    "objection": "rejection", "objections": "rejections", "Obstacle": "Rejection", "Refusal": "Rejection",
    "FaultSettings": "FaultParameters", "CellSelector": "FactorLevels", "RestartableServer": "ServerProcess",
    "StudyServer": "ServerProcess", "settle": "acknowledge, flush, quiesce", "settled": "acknowledged, quiescent", "settles": "acknowledges",
    "settling": "-", "isSettled": "isQuiescent", "flaw": "rejection", "flaws": "rejections", "Flaw": "Rejection",
    "mostStreamsAtOnce": "maximumStreamsAtOnce", "mostLead": "maximumLead", "mostBuckets": "maximumBuckets",
    "mostBystanders": "maximumBystanders", "mostEarlyPings": "maximumEarlyPings",
}


def check():
    # An option of a program in C, `--settle`, keeps its name.
    gone = re.compile(r"(?<!-)\b(" + "|".join(GONE) + r")\b")
    found = [
        f"{path.relative_to(ROOT)}:{number}: {match.group(1)}, now {GONE[match.group(1)]}"
        for folder in ("Sources", "Tests") for path in sorted((ROOT / folder).rglob("*.swift"))
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if (match := gone.search(line))
    ]
    if found:
        raise Failure("words that are gone stand in the sources:\n  " + "\n  ".join(found[:20]))
    return len(GONE)
