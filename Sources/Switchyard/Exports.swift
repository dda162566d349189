// Whoever imports Switchyard has the whole of it: rules, targets, archives and their errors are part of its
// interface.
@_exported public import EventArchive
@_exported public import EventDelivery
@_exported public import EventEnvelope
@_exported public import EventInput
@_exported public import EventMatching
@_exported public import EventPattern
@_exported public import EventReplay
@_exported public import EventRouting
@_exported public import EventSchedule
