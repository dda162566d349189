// EventWorkload
