/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
#ifndef EXITBOX_KILL_BY_KERNEL_H
#define EXITBOX_KILL_BY_KERNEL_H

/* Killed by the kernel: timers, limits, the terminal, a pipe without a reader, seccomp. No process sent these. */

#include <fcntl.h>
#include <pty.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/time.h>
#include <time.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>

#include "kill.h"

static void run_alarm(void) { alarm(1); }

static void timer(int which, int milliseconds)
{
	struct itimerval value = { .it_value.tv_usec = milliseconds * 1000 };

	setitimer(which, &value, NULL);
}

/* Runs on, as others do below: so it is mostly itself that the timer's interrupt hits. */
static void run_itimer_real(void)
{
	timer(ITIMER_REAL, 2);
	spin_thread(NULL);
}

static void run_itimer_virtual(void)
{
	timer(ITIMER_VIRTUAL, 2);
	spin_thread(NULL);
}

static void run_itimer_prof(void)
{
	timer(ITIMER_PROF, 2);
	spin_thread(NULL);
}

static void run_posix_timer(void)
{
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGTERM };
	struct itimerspec value = { .it_value.tv_nsec = 2000000 };
	timer_t created;

	timer_create(CLOCK_MONOTONIC, &event, &created);
	timer_settime(created, 0, &value, NULL);
	spin_thread(NULL);
}

static void k_alarm(struct truth *t) { die_of(t, run_alarm, CAUSE_TIMER, SI_KERNEL); }
static void k_itimer_real(struct truth *t) { die_of(t, run_itimer_real, CAUSE_TIMER, SI_KERNEL); }
static void k_itimer_virtual(struct truth *t) { die_of(t, run_itimer_virtual, CAUSE_TIMER, SI_KERNEL); }
static void k_itimer_prof(struct truth *t) { die_of(t, run_itimer_prof, CAUSE_TIMER, SI_KERNEL); }
static void k_posix_timer(struct truth *t) { die_of(t, run_posix_timer, CAUSE_TIMER, SI_TIMER); }

static void limit(int resource, rlim_t soft, rlim_t hard)
{
	struct rlimit value = { soft, hard };

	setrlimit(resource, &value);
}

static void run_cpu_soft(void)
{
	limit(RLIMIT_CPU, 1, 10);
	spin_thread(NULL);
}

static void run_cpu_hard(void)
{
	limit(RLIMIT_CPU, 1, 1);
	spin_thread(NULL);
}

static void run_file_size(void)
{
	int fd = open("large", O_CREAT | O_WRONLY, 0600);

	limit(RLIMIT_FSIZE, 4096, 4096);
	if (ftruncate(fd, 8192)) /* gets no further than the signal */
		_exit(90);
}

static void k_cpu_soft(struct truth *t) { die_of(t, run_cpu_soft, CAUSE_RLIMIT, SI_KERNEL); }
static void k_cpu_hard(struct truth *t) { die_of(t, run_cpu_hard, CAUSE_RLIMIT, SI_KERNEL); }
static void k_file_size(struct truth *t) { die_of(t, run_file_size, CAUSE_RLIMIT, SI_USER); }

/* The victim leads a session on a terminal whose other end is ours. */
static int on_terminal(struct truth *t)
{
	int terminal;
	char byte;

	t->victim = forkpty(&terminal, NULL, NULL, NULL);
	if (!t->victim) {
		if (write(1, "r", 1) != 1)
			_exit(89);
		pause_thread(NULL);
	}
	if (read(terminal, &byte, 1) != 1)
		_exit(88);
	t->cause = CAUSE_TTY;
	t->si_code = SI_KERNEL;
	return terminal;
}

static void k_hangup(struct truth *t)
{
	close(on_terminal(t));
	wait_for(t);
}

static void k_interrupt_key(struct truth *t)
{
	int terminal = on_terminal(t);

	if (write(terminal, "\003", 1) != 1)
		_exit(87);
	wait_for(t);
	close(terminal);
}

static void run_pipe(void)
{
	int pipes[2];

	if (pipe(pipes) || close(pipes[0]) || write(pipes[1], "x", 1))
		_exit(86);
}

static void k_pipe(struct truth *t) { die_of(t, run_pipe, CAUSE_KERNEL, SI_USER); }

static void forbid_getppid(unsigned action)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, action),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { 4, filter };

	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
		_exit(85);
	syscall(SYS_getppid);
}

static void run_seccomp_process(void) { forbid_getppid(SECCOMP_RET_KILL_PROCESS); }
static void run_seccomp_thread(void) { forbid_getppid(SECCOMP_RET_KILL_THREAD); }

/* Before 5.16 no signal is sent: si_code 0 then. */
static void k_seccomp_process(struct truth *t) { die_of(t, run_seccomp_process, CAUSE_SECCOMP, 1); }
static void k_seccomp_thread(struct truth *t) { die_of(t, run_seccomp_thread, CAUSE_SECCOMP, 1); }

#endif
