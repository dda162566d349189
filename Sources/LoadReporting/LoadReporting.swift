// LoadReporting is what load tests have in common: `switchyard load`, of a router in the same process, and
// `switchyard-server load`, of an endpoint over the wire.
//
//   LoadSchedule     when which event of an open loop is due
//   LoadResult       takes the latencies of each interval, and how late things were
//     └► LoadReport  what was found: as JSON, as a table, and beside another report. What a run of one kind
//          │         tells alone is optional in it; that of an endpoint is an `EndpointLoad`
//          └► LoadPage         the report, or two of them, as one HTML page
//   LoadExpectation  `p99<5ms`, and whether a report meets it
//
// A run makes a `LoadResult`, adds an interval to it once a second, and makes a `LoadReport` at the end.
