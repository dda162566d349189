// What a thread asks of the kernel for itself.
#ifndef SWITCHYARD_THREADS_H
#define SWITCHYARD_THREADS_H

// How late the timers of the calling thread may be, so that several can end together: 50 us, unless
// it was told otherwise. 0 means that.
void sw_set_timer_slack(unsigned long nanoseconds);

#endif
