// Switchyard
