// Whoever imports Switchyard has the whole of it: rules, archives and their errors are part of its
// interface.
@_exported public import EventArchive
@_exported public import EventMatching
@_exported public import EventPattern
