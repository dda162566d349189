// What a thread asks of the kernel for itself.
#include <sys/prctl.h>

#include "switchyard_threads.h"

void sw_set_timer_slack(unsigned long nanoseconds) { prctl(PR_SET_TIMERSLACK, nanoseconds, 0, 0, 0); }
