// CommandOutput is what the commands of both programs, `switchyard` and `switchyard-server`, have in
// common: how they print, how they end, and how they are stopped. It knows nothing of what they do.
//
//   Terminal      results on standard output; progress, notes and errors on standard error
//   Figure        numbers as people read them: counts, rates, bytes, durations
//   JSONText      values as JSON, for `--json`
//   ResultFile    a file that a result goes to, tried before minutes of work
//   ReportOrigin  when, with which program and on what a report was made
//   Outcome       the exit codes
//   Interrupt     Ctrl-C: ends a command in good order, and the second time at once
