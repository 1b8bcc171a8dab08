// Nothing is called by name: to be linked is all that SanitizedMutex is for.
