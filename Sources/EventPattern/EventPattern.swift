// EventPattern
