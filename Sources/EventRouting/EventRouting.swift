// EventRouting takes events from publishers to the sinks of the rules that they match. It knows nothing
// of targets, of control or of replays: those are above it, or beside it behind `RoutingInterface`.
//
//   EventPublisher   checks an event, copies it into a slab, sends batches into the ring of a lane;
//     │              where the lane is busy it matches too (PreparedEvent)
//     │              SharedPublisher is one for any number of threads; EventIntake has one for each lane,
//     │              for a thread that must not wait, and a ConfirmationQueue tells it what is archived
//   PublishPort      a bus's way in: which ring, which slabs, whether it takes anything
//     │
//   RouterLane       the worker of some buses: scan, append, match, offer, one event after the other
//     ├ BusEngine    a bus: its log and its matcher, counters, events held while the disk is full
//     ├ BusArchive   the bus's log in an archive directory (`EventLog`); who fell behind reads it by a
//     │              BusArchiveReader (`EventLogReader`)
//     ├ RuleRoute    where the matches of a rule go: a table of sinks (`MatchSink`)
//     └ BusHandler  for a bus without targets: one closure that gets every event
//   RouteTimings     how long the parts of the way take, for those who ask
//
// Read `RouterLane`, then `BusEngine` and `EventPublisher`. On the way of an event nothing is
// allocated, retained or locked; what is unsafe is in `BusKeys` (the table of buses), `TouchedList`,
// `PreparedEvent` and `RuleRoute`, each with its invariant.
