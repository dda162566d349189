// EventEnvelope is what everybody knows of an event but its detail: when it was, whose it is, where it
// came from, and how these are written.
//
//   EventTime        a moment, as archives keep it and as people write it
//   EnvelopeReader   what an archive wants to know of an event (`EnvelopeFields`), fast
//   EventEntry       an event as a program makes it, with EventBridge's limits and errors
//   EnvelopeWriter   events out of entries, members in the service's order
//   ARN, BusID,      resource names, parsed once: buses and rules among those of all accounts and
//   ResourceName     regions
//   RoutedEvent      an event with the rules that it matches, for the length of a call
//
// Read `EventEntry`, then `EnvelopeWriter` and `EnvelopeReader`.
