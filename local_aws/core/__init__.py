"""What every service of the local AWS is built from: operations, records, events, time."""
