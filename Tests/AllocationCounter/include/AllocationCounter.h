// Nothing is called by name: a process counts its allocations once this library is loaded before all others (LD_PRELOAD).
