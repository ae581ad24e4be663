/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
#ifndef EXITBOX_KILLS_H
#define EXITBOX_KILLS_H

/* Ways to be killed, each with the truth about who did it. */

#include "kill_answered.h"
#include "kill_by_itself.h"
#include "kill_by_kernel.h"
#include "kill_by_others.h"
#include "kill_by_want.h"

enum price { CHEAP, SLEEPS, BURNS }; /* for a second: of its life, of a CPU */

static const struct kill_case {
	const char *name;
	void (*run)(struct truth *);
	enum price price;
} kill_cases[] = {
	{ "kill", k_kill, CHEAP },
	{ "kill -9", k_kill_9, CHEAP },
	{ "kill, real-time signal", k_realtime, CHEAP },
	{ "kill -QUIT", k_quit, CHEAP },
	{ "kill -SEGV", k_segv_sent, CHEAP },
	{ "kill, 5 threads", k_threads, CHEAP },
	{ "tgkill", k_tgkill, CHEAP },
	{ "sigqueue", k_sigqueue, CHEAP },
	{ "pidfd_send_signal", k_pidfd, CHEAP },
	{ "killpg", k_killpg, CHEAP },
	{ "cgroup.kill", k_cgroup_kill, CHEAP },
	{ "kill of a daemon", k_daemon, CHEAP },
	{ "kill of a PID that was another's", k_pid_again, CHEAP },
	{ "parent's death", k_parent_death, CHEAP },
	{ "alarm", k_alarm, SLEEPS },
	{ "setitimer", k_itimer_real, CHEAP },
	{ "setitimer, virtual", k_itimer_virtual, CHEAP },
	{ "setitimer, prof", k_itimer_prof, CHEAP },
	{ "timer_create", k_posix_timer, CHEAP },
	{ "RLIMIT_CPU, soft", k_cpu_soft, BURNS },
	{ "RLIMIT_CPU, hard", k_cpu_hard, BURNS },
	{ "RLIMIT_FSIZE", k_file_size, CHEAP },
	{ "terminal hangs up", k_hangup, CHEAP },
	{ "terminal's ^C", k_interrupt_key, CHEAP },
	{ "SIGPIPE", k_pipe, CHEAP },
	{ "raise", k_raise, CHEAP },
	{ "abort", k_abort, CHEAP },
	{ "kill of itself", k_kill_self, CHEAP },
	{ "SIGSEGV at 0x1230", k_segv, CHEAP },
	{ "SIGSEGV, address unknown", k_gpf, CHEAP },
	{ "SIGBUS", k_bus, CHEAP },
#ifdef __x86_64__
	{ "SIGFPE", k_fpe, CHEAP },
	{ "SIGILL", k_ill, CHEAP },
#endif
	{ "seccomp, process", k_seccomp_process, CHEAP },
	{ "seccomp, thread", k_seccomp_thread, CHEAP },
	{ "OOM, by its own allocation", k_oom_own, CHEAP },
	{ "OOM, by another's allocation", k_oom_other, CHEAP },
	{ "PID namespace's end", k_namespace_end, CHEAP },
	{ "TERM ignored, then KILL", k_term_then_kill, CHEAP },
	{ "KILL twice", k_kill_twice, CHEAP },
	{ "TERM blocked, then let in", k_blocked, CHEAP },
	{ "TERM handled and raised again", k_handled, CHEAP },
	{ "TERM handled by exit", k_exit_in_handler, CHEAP },
};

#endif
